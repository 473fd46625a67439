/** Consumers and their keys in shared memory, as every worker reads them. */

import type { Clock } from '#base/clock'
import {
  type ConsumerRecord,
  EMPTY,
  HEADER,
  HEADER_WORDS,
  KEY,
  type KeyRecord,
  LENGTH_BYTES,
  NAME,
  nameHash,
} from '#consumers/layout'
import type { ConsumerKey, Consumers } from '#sdk/consumers'
import type { Consumer } from '#sdk/exchange'

/** So many records are kept as objects; then it begins anew. */
const MAX_READ = 10_000

export class ConsumerDirectory implements Consumers {
  readonly #clock: Pick<Clock, 'wall'>
  #words = new Uint32Array(EMPTY)
  #records = Buffer.from(EMPTY)
  #consumers = new Map<number, ConsumerRecord>()
  #keys = new Map<number, KeyRecord>()

  constructor(clock: Pick<Clock, 'wall'>) {
    this.#clock = clock
  }

  /** What a DirectoryBuilder made: from here on it is all there is. */
  use(memory: SharedArrayBuffer): void {
    this.#consumers = new Map()
    this.#keys = new Map()
    const records =
      memory.byteLength === 0 ? 0 : new Uint32Array(memory, 0, HEADER_WORDS)[HEADER.records]!
    this.#words = new Uint32Array(memory, 0, records / 4)
    this.#records = Buffer.from(memory, records)
  }

  byKey(sha256: Buffer, stage: string): ConsumerKey | undefined {
    const words = this.#words
    if (words.length === 0) return undefined
    const mask = words[HEADER.keyMask]!
    const first = sha256.readUInt32LE(0)
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      const at = HEADER_WORDS + slot * KEY.words
      const consumer = words[at + KEY.consumer]!
      if (consumer === 0) return undefined
      if (words[at] !== first || !isAt(words, at, sha256)) continue
      const { label, expires, stages, scopes = NONE } = this.#keyAt(words[at + KEY.record]!, sha256)
      if (expires !== undefined && expires <= this.#clock.wall()) return undefined
      if (stages !== undefined && !stages.includes(stage)) return undefined
      return { consumer: this.#read(this.#consumers, consumer), label: label!, scopes }
    }
  }

  named(name: string, groups: readonly string[] = NONE): Consumer {
    const known = this.#find(name)
    if (known === undefined) return { name, groups }
    if (groups.length === 0) return known
    return { ...known, groups: [...new Set([...known.groups, ...groups])] }
  }

  #find(name: string): Consumer | undefined {
    const words = this.#words
    if (words.length === 0) return undefined
    const mask = words[HEADER.nameMask]!
    const hash = nameHash(name)
    const namesAt = HEADER_WORDS + (words[HEADER.keyMask]! + 1) * KEY.words
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = namesAt + slot * NAME.words
      const record = words[at + NAME.consumer]!
      if (record === 0) return undefined
      if (words[at] !== hash) continue
      const consumer = this.#read(this.#consumers, record)
      if (consumer.name === name) return consumer
    }
  }

  /** Most keys say nothing but their digest. */
  #keyAt(at: number, sha256: Buffer): KeyRecord {
    return at === 0
      ? { label: `sha256:${sha256.toString('hex', 0, 4)}` }
      : this.#read(this.#keys, at)
  }

  #read<T>(kept: Map<number, T>, at: number): T {
    let record = kept.get(at)
    if (record === undefined) {
      const from = at + LENGTH_BYTES
      const to = from + this.#records.readUInt32LE(at)
      record = JSON.parse(this.#records.toString('utf8', from, to)) as T
      if (kept.size >= MAX_READ) kept.clear()
      kept.set(at, record)
    }
    return record
  }
}

const NONE: readonly string[] = Object.freeze([])

function isAt(words: Uint32Array, at: number, digest: Buffer): boolean {
  for (let i = 1; i < KEY.digest; i++)
    if (words[at + i] !== digest.readUInt32LE(i * 4)) return false
  return true
}
