/** Cached replies in Redis, each for its time. */

import type { Replies } from '#sdk/index'
import { keyOf } from './charges.ts'
import type { Line } from './line.ts'

export class RedisReplies implements Replies {
  readonly #line: Line
  readonly #prefix: string

  constructor(line: Line, prefix: string) {
    this.#line = line
    this.#prefix = `${prefix}:r:`
  }

  get(key: string): Promise<Uint8Array | undefined> {
    const at = keyOf(this.#prefix, key)
    return this.#line.ask(async (commands) => (await commands.getBuffer(at)) ?? undefined)
  }

  async set(key: string, bytes: Uint8Array, ttlMs: number): Promise<void> {
    if (ttlMs <= 0) return this.delete(key)
    const at = keyOf(this.#prefix, key)
    const copy = Buffer.from(bytes) // it may be sent later
    await this.#line.ask((commands) => commands.set(at, copy, 'PX', Math.ceil(ttlMs)))
  }

  async delete(key: string): Promise<void> {
    const at = keyOf(this.#prefix, key)
    await this.#line.ask((commands) => commands.del(at))
  }
}
