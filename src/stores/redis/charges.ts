/** Charges as the script reads them, and standings as it says them. */

import { hash } from 'node:crypto'
import { type Charge, type Rate, rateName, type Standing, StoreFailure } from '#sdk/index'

/** Of a group: what is asked in one script. */
export interface Part {
  readonly charges: Charge[]
  /** Where they stand in the group. */
  readonly places: number[]
  readonly keys: string[]
  readonly args: string[]
}

export interface Said {
  /** By the server's clock. */
  readonly now: number
  readonly standings: readonly Standing[]
}

interface RateForm {
  readonly name: string
  readonly args: readonly [kind: string, limit: string, span: string, burst: string]
}

/** As many characters of a digest as make 132 bits: nobody can make two keys that are one. */
const KEY_CHARS = 22
/** Those between braces, by which a Cluster knows where a key stands: 4,096 groups of keys, over all nodes. */
const TAG_CHARS = 2

/** What rates come to: there are as many as configurations have. */
const forms = new WeakMap<Rate, RateForm>()

/** Whatever a client says is digested: no key is long, and none means anything. */
export function keyOf(prefix: string, text: string): string {
  const digest = hash('sha256', text, 'base64url')
  return `${prefix}{${digest.slice(0, TAG_CHARS)}}${digest.slice(TAG_CHARS, KEY_CHARS)}`
}

/** One part, or in a Cluster one for each group of keys. */
export function partsOf(charges: readonly Charge[], prefix: string, isCluster: boolean): Part[] {
  const parts = new Map<string, Part>()
  for (const [place, charge] of charges.entries()) {
    const { name, args } = formOf(charge.rate)
    const key = keyOf(prefix, `${name} ${charge.key}`)
    const tag = isCluster ? key.slice(prefix.length + 1, prefix.length + 1 + TAG_CHARS) : ''
    let part = parts.get(tag)
    if (part === undefined) parts.set(tag, (part = { charges: [], places: [], keys: [], args: [] }))
    part.charges.push(charge)
    part.places.push(place)
    part.keys.push(key)
    part.args.push(...args, String(charge.cost), charge.isSpent === true ? '0' : '')
  }
  return [...parts.values()]
}

/** What undoes a part that was charged at a time: it says when, as what refilled since is nobody's to give back. */
export function refundOf({ charges, places, keys }: Part, at: number): Part {
  const args = charges.flatMap(({ rate, cost }) => [
    ...formOf(rate).args,
    String(-cost),
    String(at),
  ])
  return { charges, places, keys, args }
}

/** As it is where one was charged, and then was not. */
export function uncharged({ resetMs, remaining }: Standing, { cost }: Charge): Standing {
  return { passes: true, remaining: remaining + Math.max(0, cost), resetMs, retryMs: 0 }
}

export function readSaid(text: unknown, count: number): Said {
  const [now, ...rest] = typeof text === 'string' ? text.split(';') : []
  const numbers = rest.map((one) => one.split(' ').map(Number))
  if (rest.length !== count || numbers.some((four) => four.length !== 4 || four.some(Number.isNaN)))
    throw new StoreFailure('Redis answered something else')
  const standings = numbers.map(([passes, remaining, resetMs, retryMs]) => ({
    passes: passes === 1,
    remaining: remaining!,
    resetMs: resetMs!,
    retryMs: retryMs!,
  }))
  return { now: Number(now), standings }
}

function formOf(rate: Rate): RateForm {
  let form = forms.get(rate)
  if (form === undefined) forms.set(rate, (form = { name: rateName(rate), args: argsOf(rate) }))
  return form
}

function argsOf(rate: Rate): RateForm['args'] {
  const limit = String(rate.limit)
  switch (rate.algorithm) {
    case 'gcra':
      return ['g', limit, String(rate.periodMs), String(rate.burst)]
    case 'fixedWindow':
      return ['f', limit, String(rate.periodMs), '0']
    case 'slidingWindow':
      return ['s', limit, String(rate.periodMs), '0']
    case 'calendar':
      return ['d', limit, String(rate.endsAt), '0']
    case 'concurrency':
      return ['n', limit, String(rate.leaseMs), '0']
  }
}
