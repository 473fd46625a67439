/** `hash`: the same key goes to the same target, few keys move when targets come or go, and none is overrun. */

import { hash } from 'node:crypto'
import type { Exchange } from '#sdk/exchange'
import type { Balanced, Balancer } from './balancer.ts'

/** Points on the ring for each unit of weight: keys spread to within some percent. */
const POINTS = 300
/** Of all targets together: the ring is made anew when one comes or goes, while requests wait. */
const MOST_POINTS = 50_000
/** A point and the target it is of, in one number: so many targets fit. */
const OWNERS = 2 ** 20
/** No target has more than this much of its fair share of the calls under way: the bound of "bounded loads". */
const OVERLOAD = 1.25

export class HashRing<T extends Balanced> implements Balancer<T> {
  readonly #targets: readonly T[]
  readonly #points: Uint32Array
  readonly #owners: readonly T[]
  readonly #totalWeight: number
  readonly #keyOf: (ex: Exchange) => string | undefined
  readonly #withoutKey: Balancer<T>

  /** `withoutKey` picks for requests that have no key. */
  constructor(
    targets: readonly T[],
    keyOf: (ex: Exchange) => string | undefined,
    withoutKey: Balancer<T>,
  ) {
    this.#targets = targets
    this.#keyOf = keyOf
    this.#withoutKey = withoutKey
    this.#totalWeight = targets.reduce((sum, { weight }) => sum + weight, 0)
    const ring = ringOf(targets, pointsFor(this.#totalWeight))
    this.#points = Uint32Array.from(ring, (entry) => Math.floor(entry / OWNERS))
    this.#owners = Array.from(ring, (entry) => targets[entry % OWNERS]!)
  }

  pick(ex: Exchange): T | undefined {
    const key = this.#keyOf(ex)
    if (key === undefined || this.#owners.length === 0) return this.#withoutKey.pick(ex)
    const start = this.#after(pointOf(key))
    const calls = this.#targets.reduce((sum, { load }) => sum + load, 1)
    for (let step = 0; step < this.#owners.length; step++) {
      const target = this.#owners[(start + step) % this.#owners.length]!
      const share = (calls * target.weight) / this.#totalWeight
      if (target.load < Math.ceil(share * OVERLOAD)) return target
    }
    return this.#owners[start]
  }

  /** The first point at or behind this one, around the ring. */
  #after(point: number): number {
    let low = 0
    for (let high = this.#points.length; low < high;) {
      const middle = (low + high) >> 1
      if (this.#points[middle]! < point) low = middle + 1
      else high = middle
    }
    return low === this.#points.length ? 0 : low
  }
}

/** For each unit of weight. Halved where it has to be less, so that most changes of the targets leave it as it is. */
function pointsFor(totalWeight: number): number {
  let points = POINTS
  while (points * totalWeight > MOST_POINTS) points /= 2
  return points
}

/** All points in their order, each with the number of its target. */
function ringOf(targets: readonly Balanced[], points: number): Float64Array {
  const ring = targets.flatMap(({ url, weight }, owner) =>
    pointsOf(url, Math.ceil(weight * points)).map((point) => point * OWNERS + owner),
  )
  return Float64Array.from(ring).toSorted()
}

function pointOf(text: string): number {
  return hash('sha1', text, 'buffer').readUInt32LE(0)
}

/** Five points of each digest. */
function pointsOf(name: string, count: number): number[] {
  const points: number[] = []
  for (let n = 0; points.length < count; n++) {
    const digest = hash('sha1', `${name} ${n}`, 'buffer')
    for (let at = 0; at < digest.length && points.length < count; at += 4)
      points.push(digest.readUInt32LE(at))
  }
  return points
}
