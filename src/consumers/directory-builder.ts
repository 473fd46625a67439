/** Writes the directory of consumers: one pass over them, nothing of them kept but what is written. */

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

interface KeyEntry extends KeyRecord {
  /** 64 hex digits, in lower case. */
  readonly sha256: string
}

export interface ConsumerEntry extends ConsumerRecord {
  readonly keys: readonly KeyEntry[]
}

export class DirectoryBuilder {
  readonly #keys = new Table(KEY.words, KEY.consumer)
  readonly #names = new Table(NAME.words, NAME.consumer)
  readonly #records = new Records()

  /** What there is already, and so was not added: the name, or one of the keys. */
  add({ name, plan, groups, keys }: ConsumerEntry): 'name' | 'key' | undefined {
    const hash = nameHash(name)
    const isSame = (at: number): boolean =>
      (this.#records.read(this.#names.words[at + NAME.consumer]!) as ConsumerRecord).name === name
    if (this.#names.find([hash], isSame) !== undefined) return 'name'
    const consumer = this.#records.add({ name, ...(plan === undefined ? {} : { plan }), groups })
    this.#names.add([hash, consumer])
    let twice: 'key' | undefined
    for (const { sha256, ...record } of keys) {
      const digest = wordsOf(sha256)
      if (this.#keys.find(digest) !== undefined) twice = 'key'
      else this.#keys.add([...digest, consumer, hasMore(record) ? this.#records.add(record) : 0])
    }
    return twice
  }

  build(): SharedArrayBuffer {
    if (this.#names.count === 0) return EMPTY
    const keys = this.#keys.words
    const names = this.#names.words
    const recordsAt = (HEADER_WORDS + keys.length + names.length) * 4
    const memory = new SharedArrayBuffer(recordsAt + this.#records.size)
    const words = new Uint32Array(memory, 0, recordsAt / 4)
    words[HEADER.keyMask] = this.#keys.slots - 1
    words[HEADER.nameMask] = this.#names.slots - 1
    words[HEADER.records] = recordsAt
    words.set(keys, HEADER_WORDS)
    words.set(names, HEADER_WORDS + keys.length)
    this.#records.copyTo(new Uint8Array(memory, recordsAt))
    return memory
  }
}

function hasMore(record: KeyRecord): boolean {
  return Object.values(record).some((value) => value !== undefined)
}

function wordsOf(sha256: string): number[] {
  const bytes = Buffer.from(sha256, 'hex')
  return Array.from({ length: KEY.digest }, (_, i) => bytes.readUInt32LE(i * 4))
}

/** Open addressing by a slot's first word, at most half of the slots taken. */
class Table {
  readonly #width: number
  /** Which word of a slot is never 0 when it is taken. */
  readonly #taken: number
  slots = 16
  count = 0
  words: Uint32Array

  constructor(width: number, taken: number) {
    this.#width = width
    this.#taken = taken
    this.words = new Uint32Array(this.slots * width)
  }

  /** Where a slot is that begins with these words. */
  find(start: readonly number[], isIt: (at: number) => boolean = () => true): number | undefined {
    for (let slot = start[0]! & (this.slots - 1); ; slot = (slot + 1) & (this.slots - 1)) {
      const at = slot * this.#width
      if (this.words[at + this.#taken] === 0) return undefined
      if (start.every((word, i) => this.words[at + i] === word) && isIt(at)) return at
    }
  }

  add(slot: readonly number[]): void {
    if (++this.count * 2 > this.slots) this.#grow()
    this.#put(slot)
  }

  #put(values: ArrayLike<number>): void {
    let slot = values[0]! & (this.slots - 1)
    while (this.words[slot * this.#width + this.#taken] !== 0) slot = (slot + 1) & (this.slots - 1)
    this.words.set(values, slot * this.#width)
  }

  #grow(): void {
    const before = this.words
    this.slots *= 2
    this.words = new Uint32Array(this.slots * this.#width)
    for (let at = 0; at < before.length; at += this.#width)
      if (before[at + this.#taken] !== 0) this.#put(before.subarray(at, at + this.#width))
  }
}

/** JSON texts one after another, each behind its length. */
class Records {
  #bytes = Buffer.alloc(4_096)
  size = LENGTH_BYTES // none is at 0

  add(record: KeyRecord | ConsumerRecord): number {
    const text = JSON.stringify(record)
    const most = text.length * 3 + LENGTH_BYTES // UTF-8 of UTF-16
    while (this.size + most > this.#bytes.length)
      this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length)])
    const at = this.size
    const length = this.#bytes.write(text, at + LENGTH_BYTES)
    this.#bytes.writeUInt32LE(length, at)
    this.size = at + LENGTH_BYTES + length
    return at
  }

  read(at: number): unknown {
    const from = at + LENGTH_BYTES
    return JSON.parse(this.#bytes.toString('utf8', from, from + this.#bytes.readUInt32LE(at)))
  }

  copyTo(target: Uint8Array): void {
    target.set(this.#bytes.subarray(0, this.size))
  }
}
