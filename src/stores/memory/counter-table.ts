/** Where counters stand in shared memory: stripes, each with a lock and places of its own. */

import type { State } from './rates.ts'

/** More than any place in a bucket. */
const FREE = 1_024

/** A slot in numbers of 8 bytes: the key (two), when it is over, a, b, c. */
const WIDTH = 6
const EXPIRES = 2
const KEY_WORDS = 4
/** A key may stand in any slot of two buckets; when all are taken the one that ends first makes room. */
const BUCKET = 8
const BUCKET_BYTES = BUCKET * WIDTH * 8
const MAX_STRIPES = 256
/** Fewer buckets are not worth a lock of their own. */
const MIN_BUCKETS = 64
const MIN_HEAD_BYTES = 64
/** Owner of a lock that no worker is. */
const READER = 0x7fffffff
const READ_TRIES = 10_000

interface Layout {
  readonly stripes: number
  /** Of each stripe. */
  readonly buckets: number
  readonly headBytes: number
}

function layoutOf(shared: SharedArrayBuffer): Layout {
  const most = Math.floor(shared.byteLength / BUCKET_BYTES / MIN_BUCKETS)
  const stripes = 2 ** Math.floor(Math.log2(Math.min(MAX_STRIPES, Math.max(1, most))))
  const headBytes = Math.max(MIN_HEAD_BYTES, stripes * 4)
  const buckets = Math.floor((shared.byteLength - headBytes) / BUCKET_BYTES / stripes)
  if (buckets < 1) throw new RangeError('too little memory for counters')
  return { stripes, buckets, headBytes }
}

export class CounterTable {
  readonly #layout: Layout
  readonly #locks: Int32Array
  readonly #numbers: Float64Array
  readonly #words: Uint32Array

  constructor(shared: SharedArrayBuffer) {
    this.#layout = layoutOf(shared)
    const { stripes, buckets, headBytes } = this.#layout
    this.#locks = new Int32Array(shared, 0, stripes)
    this.#numbers = new Float64Array(shared, headBytes, stripes * buckets * BUCKET * WIDTH)
    this.#words = new Uint32Array(shared, headBytes, this.#numbers.length * 2)
  }

  stripeOf(key: Uint32Array): number {
    return key[0]! & (this.#layout.stripes - 1)
  }

  /** 0 when it was taken; else who holds it. */
  lock(stripe: number, owner: number): number {
    return Atomics.compareExchange(this.#locks, stripe, 0, owner)
  }

  unlock(stripe: number): void {
    Atomics.store(this.#locks, stripe, 0)
  }

  rest(stripe: number, holder: number, ms: number): void {
    Atomics.wait(this.#locks, stripe, holder, ms)
  }

  read(key: Uint32Array, now: number): State {
    const numbers = this.#numbers
    const at = this.#find(key, now)
    if (!this.#stands(key, at) || this.#endOf(at, now) === 0) return { a: 0, b: 0, c: 0 }
    return { a: numbers[at + 3]!, b: numbers[at + 4]!, c: numbers[at + 5]! }
  }

  write(key: Uint32Array, { a, b, c }: State, now: number, endsAt: number): void {
    const numbers = this.#numbers
    const at = this.#find(key, now)
    for (let i = 0; i < KEY_WORDS; i++) this.#words[at * 2 + i] = key[i]!
    numbers[at + EXPIRES] = endsAt
    numbers[at + 3] = a
    numbers[at + 4] = b
    numbers[at + 5] = c
  }

  /** Slots that are not over by then, each as the bytes that `put` takes. */
  *lasting(until: number): IterableIterator<Uint8Array> {
    const { stripes, buckets, headBytes } = this.#layout
    const perStripe = buckets * BUCKET * WIDTH
    for (let stripe = 0; stripe < stripes; stripe++) {
      const isLocked = this.#lockForReading(stripe)
      for (let at = stripe * perStripe; at < (stripe + 1) * perStripe; at += WIDTH)
        if (this.#numbers[at + EXPIRES]! > until)
          yield new Uint8Array(this.#numbers.buffer, headBytes + at * 8, SLOT_BYTES).slice()
      if (isLocked) this.unlock(stripe)
    }
  }

  /** Whoever reads all of it holds up nobody for long, and is held up by nobody who died. */
  #lockForReading(stripe: number): boolean {
    for (let tries = 0; tries < READ_TRIES; tries++)
      if (this.lock(stripe, READER) === 0) return true
    return false
  }

  /** Into memory that may be of another size. */
  put(slot: Uint8Array, now: number): void {
    const bytes = new Uint8Array(slot) // of its own, from the beginning of its memory
    const [, , endsAt = 0, a = 0, b = 0, c = 0] = new Float64Array(bytes.buffer)
    if (endsAt > now)
      this.write(new Uint32Array(bytes.buffer, 0, KEY_WORDS), { a, b, c }, now, endsAt)
  }

  /** Where the key stands; else what makes room for it: in the emptier bucket, or in place of what ends first. */
  #find(key: Uint32Array, now: number): number {
    const { buckets } = this.#layout
    const first = this.#bucketAt(key, key[1]! % buckets)
    const second = this.#bucketAt(key, key[2]! % buckets)
    const here = this.#search(key, first, now)
    if (here < 0) return first + ~here
    const there = this.#search(key, second, now)
    if (there < 0) return second + ~there
    const isFirst =
      here >= FREE || there >= FREE
        ? here >= there
        : this.#numbers[first + here + EXPIRES]! <= this.#numbers[second + there + EXPIRES]!
    return isFirst ? first + (here % FREE) : second + (there % FREE)
  }

  /**
   * Where the key stands in a bucket, as `~at`. Else, as `free * FREE + at`, how many slots are free, and one of them; or
   * the one that ends first.
   */
  #search(key: Uint32Array, bucket: number, now: number): number {
    const numbers = this.#numbers
    let free = 0
    let room = 0
    for (let at = 0; at < BUCKET * WIDTH; at += WIDTH) {
      if (this.#stands(key, bucket + at)) return ~at
      const end = numbers[bucket + at + EXPIRES]!
      if (end <= now) {
        free++
        room = at
      } else if (free === 0 && end < numbers[bucket + room + EXPIRES]!) room = at
    }
    return free * FREE + room
  }

  #bucketAt(key: Uint32Array, bucket: number): number {
    return (this.stripeOf(key) * this.#layout.buckets + bucket) * BUCKET * WIDTH
  }

  #stands(key: Uint32Array, at: number): boolean {
    const words = this.#words
    const from = at * 2
    return (
      words[from] === key[0] &&
      words[from + 1] === key[1] &&
      words[from + 2] === key[2] &&
      words[from + 3] === key[3]
    )
  }

  #endOf(at: number, now: number): number {
    const end = this.#numbers[at + EXPIRES]!
    return end <= now ? 0 : end
  }
}

export const SLOT_BYTES = WIDTH * 8

/** Of one who will never unlock them. */
export function freeLocks(shared: SharedArrayBuffer, owner: number): void {
  const { stripes } = layoutOf(shared)
  const locks = new Int32Array(shared, 0, stripes)
  for (let stripe = 0; stripe < stripes; stripe++) Atomics.compareExchange(locks, stripe, owner, 0)
}
