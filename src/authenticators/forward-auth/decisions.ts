/** Who was let pass a short while ago: bounded in number, bytes and time. */

import type { Identity } from '#sdk/index'

const MAX_DECISIONS = 10_000
const MAX_BYTES = 8 * 1024 * 1024
/** What one takes beside its texts, about. */
const BYTES_EACH = 300

interface Decision {
  readonly identity: Identity
  readonly bytes: number
  /** By the clock's `now`. */
  readonly until: number
}

export class Decisions {
  readonly #byKey = new Map<string, Decision>()
  #bytes = 0

  get(key: string, now: number): Identity | undefined {
    const decision = this.#byKey.get(key)
    if (decision === undefined) return undefined
    if (decision.until > now) return decision.identity
    this.#delete(key, decision)
    return undefined
  }

  put(key: string, identity: Identity, until: number): void {
    const old = this.#byKey.get(key)
    if (old !== undefined) this.#delete(key, old)
    const bytes = BYTES_EACH + key.length + textOf(identity)
    this.#byKey.set(key, { identity, bytes, until })
    this.#bytes += bytes
    for (const [eldest, decision] of this.#byKey) {
      if (this.#byKey.size <= MAX_DECISIONS && this.#bytes <= MAX_BYTES) return
      this.#delete(eldest, decision)
    }
  }

  #delete(key: string, { bytes }: Decision): void {
    this.#byKey.delete(key)
    this.#bytes -= bytes
  }
}

function textOf({ fields, consumer }: Identity): number {
  const texts = [...fields.map(([, value]) => value ?? ''), ...(consumer?.groups ?? [])]
  return texts.reduce((sum, text) => sum + text.length * 2, consumer?.name.length ?? 0)
}
