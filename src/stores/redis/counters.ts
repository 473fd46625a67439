/** Counters in Redis: a group is one script, and so one round trip; in a Cluster one for each group of keys, sent at once. */

import { type Charge, type Counters, type Standing } from '#sdk/index'
import { type Part, partsOf, readSaid, refundOf, type Said, uncharged } from './charges.ts'
import type { Commands } from './connection.ts'
import type { Line } from './line.ts'
import { CONSUME, CONSUME_SHA } from './script.ts'

export class RedisCounters implements Counters {
  readonly #line: Line
  readonly #prefix: string
  readonly #isCluster: boolean

  constructor(line: Line, prefix: string, isCluster: boolean) {
    this.#line = line
    this.#prefix = `${prefix}:c:`
    this.#isCluster = isCluster
  }

  consume(charges: readonly Charge[]): Promise<readonly Standing[]> {
    const parts = partsOf(charges, this.#prefix, this.#isCluster)
    return parts.length === 1
      ? this.#ask(parts[0]!).then(({ standings }) => standings)
      : this.#askAll(parts, charges.length)
  }

  #ask(part: Part): Promise<Said> {
    return this.#line.ask((commands) => run(commands, part))
  }

  /** What passed is given back when another part refused, or could not say. */
  async #askAll(parts: readonly Part[], count: number): Promise<readonly Standing[]> {
    const outcomes = await Promise.allSettled(parts.map((part) => this.#ask(part)))
    const isCharged = outcomes.every(
      (outcome) => outcome.status === 'fulfilled' && passes(outcome.value),
    )
    const all: Standing[] = Array.from({ length: count })
    for (const [n, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') continue
      const part = parts[n]!
      const { now, standings } = outcome.value
      const isUndone = !isCharged && passes(outcome.value)
      if (isUndone) this.#ask(refundOf(part, now)).catch(() => {}) // what is lost is lost
      for (const [i, standing] of standings.entries())
        all[part.places[i]!] = isUndone ? uncharged(standing, part.charges[i]!) : standing
    }
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    return all
  }
}

function passes({ standings }: Said): boolean {
  return standings.every((standing) => standing.passes)
}

/** By the digest of the script; a server that was flushed or started anew gets its text. */
async function run(commands: Commands, { keys, args }: Part): Promise<Said> {
  let said: unknown
  try {
    said = await commands.evalsha(CONSUME_SHA, keys.length, ...keys, ...args)
  } catch (error) {
    if (!(error as Error).message.startsWith('NOSCRIPT')) throw error
    said = await commands.eval(CONSUME, keys.length, ...keys, ...args)
  }
  return readSaid(said, keys.length)
}
