/** Which of several services an exchange goes to: testers where they are sent, everybody else by weight. */

import type { Exchange, Expression } from '#sdk/index'
import type { Member, Split } from './options.ts'

/** What `key` says of an exchange: its side is that of the same key before. */
export type Choose = (ex: Exchange, key: string | undefined) => number

/** `salt`: so that the first to see one canary are not the first to see the next. */
export function chooser({ split }: Split, salt: string): Choose {
  const testers = split.flatMap(({ when }, index) => (when === undefined ? [] : [{ when, index }]))
  const sides = new WeightedSides(split, salt)
  return (ex, key) => sentTo(testers, ex) ?? sides.of(key)
}

function sentTo(
  testers: readonly { readonly when: Expression; readonly index: number }[],
  ex: Exchange,
): number | undefined {
  for (const { when, index } of testers) if (when.holds(ex)) return index
  return undefined
}

export class WeightedSides {
  readonly #weights: readonly number[]
  readonly #seeds: readonly number[]
  readonly #salt: string

  constructor(members: readonly Pick<Member, 'to' | 'weight'>[], salt: string) {
    this.#weights = members.map(({ weight }) => weight)
    this.#seeds = members.map(({ to }) => hash32(to))
    this.#salt = salt
  }

  /**
   * Weighted rendezvous: each member draws a number for the key, and the one that draws best for its weight has it. So
   * a key leaves its side only for one whose share grew beside its own. Without a key the draw is anyone's.
   */
  of(key: string | undefined): number {
    const drawn = key === undefined ? randomInt32() : hash32(`${this.#salt}\n${key}`)
    let best = 0
    let bestWait = Infinity
    for (let i = 0; i < this.#weights.length; i++) {
      // As long as until the first of events that come at the rate of its weight: 0 never comes.
      const wait = -Math.log((mixed(drawn ^ this.#seeds[i]!) + 0.5) / 2 ** 32) / this.#weights[i]!
      if (wait >= bestWait) continue
      bestWait = wait
      best = i
    }
    return best
  }
}

function randomInt32(): number {
  return Math.floor(Math.random() * 2 ** 32) | 0
}

/** FNV-1a, a tenth of the cost of a digest, with its bits mixed: keys are often alike but for their ends. */
function hash32(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return mixed(h)
}

/** The last step of MurmurHash3: each bit that comes in may change each that goes out. */
function mixed(bits: number): number {
  let h = bits
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
