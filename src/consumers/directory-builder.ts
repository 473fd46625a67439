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
  readonly #keys = new Table(KEY.words, KEY.digest, KEY.consumer)
  readonly #names = new Table(NAME.words, NAME.consumer, NAME.consumer)
  readonly #records = new Records()
  /** The slot in hand: a hundred thousand of them are no arrays of their own. */
  readonly #slot = new Uint32Array(KEY.words)
  readonly #digest = Buffer.from(this.#slot.buffer, 0, KEY.digest * 4)

  /** What there is already, and so was not added: the name, or one of the keys. */
  add({ name, plan, groups, keys }: ConsumerEntry): 'name' | 'key' | undefined {
    const slot = this.#slot
    slot[0] = nameHash(name)
    if (this.#isNamed(name)) return 'name'
    const consumer = this.#records.add({ name, ...(plan === undefined ? {} : { plan }), groups })
    slot[NAME.consumer] = consumer
    this.#names.add(slot)
    let twice: 'key' | undefined
    for (const { sha256, ...record } of keys) {
      this.#digest.write(sha256, 'hex')
      slot[KEY.consumer] = consumer
      if (this.#keys.find(slot) >= 0) twice = 'key'
      else {
        slot[KEY.record] = hasMore(record) ? this.#records.add(record) : 0
        this.#keys.add(slot)
      }
    }
    return twice
  }

  /** Names of one hash stand one behind the other. */
  #isNamed(name: string): boolean {
    const { words } = this.#names
    for (let at = this.#names.find(this.#slot); at >= 0; at = this.#names.find(this.#slot, at)) {
      const { name: other } = this.#records.read(words[at + NAME.consumer]!) as ConsumerRecord
      if (other === name) return true
    }
    return false
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
  for (const name in record) if (record[name as keyof KeyRecord] !== undefined) return true
  return false
}

const FIRST_SLOTS = 1_024

/** Open addressing by a slot's first word, at most half of the slots taken. */
class Table {
  /** Words of a slot; how many of them, from the first, are its key; which is never 0 when it is taken. */
  readonly #width: number
  readonly #keyWords: number
  readonly #taken: number
  slots = FIRST_SLOTS
  count = 0
  words: Uint32Array

  constructor(width: number, keyWords: number, taken: number) {
    this.#width = width
    this.#keyWords = keyWords
    this.#taken = taken
    this.words = new Uint32Array(this.slots * width)
  }

  /** Where one stands of the same key, behind `after`; -1 for none. */
  find(slot: Uint32Array, after = -1): number {
    const { words } = this
    const width = this.#width
    const first = after < 0 ? slot[0]! & (this.slots - 1) : (after / width + 1) & (this.slots - 1)
    for (let at = first * width; ; at = at + width === words.length ? 0 : at + width) {
      if (words[at + this.#taken] === 0) return -1
      if (this.#isSame(slot, at)) return at
    }
  }

  #isSame(slot: Uint32Array, at: number): boolean {
    for (let i = 0; i < this.#keyWords; i++) if (this.words[at + i] !== slot[i]) return false
    return true
  }

  /** Copies what it takes of it. */
  add(slot: Uint32Array): void {
    if (++this.count * 2 > this.slots) this.#grow()
    this.#put(slot, 0)
  }

  #put(from: Uint32Array, start: number): void {
    const { words } = this
    const width = this.#width
    let at = (from[start]! & (this.slots - 1)) * width
    while (words[at + this.#taken] !== 0) at = at + width === words.length ? 0 : at + width
    for (let i = 0; i < width; i++) words[at + i] = from[start + i]!
  }

  #grow(): void {
    const before = this.words
    this.slots *= 2
    this.words = new Uint32Array(this.slots * this.#width)
    for (let at = 0; at < before.length; at += this.#width)
      if (before[at + this.#taken] !== 0) this.#put(before, at)
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
