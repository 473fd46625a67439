/** Keys that an issuer publishes: fetched anew in the background, and kept while it does not answer. */

import type { AuthenticatorHost, ErrandAnswer, Errands } from '#sdk/index'
import { readJsonObject } from '../tokens/json-object.ts'
import { type KeySet, readKeySet } from '../tokens/key-set.ts'
import { ISSUER_TIMEOUT_MS, MAX_ISSUER_BYTES } from './discovery.ts'
import type { KeySource } from './key-source.ts'

/** How long keys are used before they are fetched again: as Cache-Control says, within bounds. */
const MIN_LIFE_MS = 60_000
const LIFE_MS = 600_000
const MAX_LIFE_MS = 86_400_000

/** Between two fetches for the sake of keys that nobody knows: anyone can make up a name. */
const RENEW_PAUSE_MS = 10_000

/** After a failure: twice as long each time, up to these, without keys and with some. */
const FIRST_RETRY_MS = 1_000
const MAX_RETRY_MS = { without: 5_000, with: 60_000 }

/** Where they are; rejects when nobody knows. `maxAgeMs`: what was found so long ago will do. */
type Locate = (maxAgeMs: number) => string | Promise<string>

export class FetchedKeys implements KeySource {
  keys: KeySet | undefined = undefined
  readonly #locate: Locate
  readonly #errands: Errands
  readonly #host: Pick<AuthenticatorHost, 'clock' | 'log' | 'name'>
  readonly #onChange: () => void
  running: Promise<boolean> | undefined = undefined
  #timer: NodeJS.Timeout | undefined = undefined
  #isClosed = false
  #failures = 0
  #fetchedAt = 0
  #renewedAt = Number.NEGATIVE_INFINITY
  #renewed = true
  #renewing: Promise<boolean> | undefined = undefined

  /** `onChange`: what was checked with the old ones is void. */
  constructor(
    locate: Locate,
    host: Pick<AuthenticatorHost, 'clock' | 'log' | 'name' | 'errands'>,
    onChange: () => void,
  ) {
    this.#locate = locate
    this.#errands = host.errands
    this.#host = host
    this.#onChange = onChange
    // Whatever others have is better than nothing, and asked about again at once: the issuer may be away just now.
    void this.#fetch(MAX_LIFE_MS)
  }

  renew(): boolean | Promise<boolean> {
    if (this.#renewing !== undefined) return this.#renewing
    const now = this.#host.clock.wall()
    if (now < this.#renewedAt + RENEW_PAUSE_MS) return this.#renewed
    this.#renewedAt = now
    this.#renewing = this.#renew().finally(() => (this.#renewing = undefined))
    return this.#renewing
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  async #renew(): Promise<boolean> {
    await this.running // it may have begun before there was anything newer
    // What another worker fetched for the same reason will do, if it is newer than what we have.
    const ageMs = this.#host.clock.wall() - this.#fetchedAt
    this.#renewed = await this.#fetch(Math.max(0, Math.min(RENEW_PAUSE_MS, ageMs - 1)))
    return this.#renewed
  }

  #fetch(maxAgeMs: number): Promise<boolean> {
    this.running ??= this.#attempt(maxAgeMs).finally(() => (this.running = undefined))
    return this.running
  }

  async #attempt(maxAgeMs: number): Promise<boolean> {
    clearTimeout(this.#timer)
    try {
      const answer = await this.#errands.run({
        url: await this.#locate(this.#failures === 0 ? MAX_LIFE_MS : maxAgeMs),
        headers: { accept: 'application/jwk-set+json, application/json' },
        timeoutMs: ISSUER_TIMEOUT_MS,
        maxBytes: MAX_ISSUER_BYTES,
        maxAgeMs,
      })
      this.#take(answer)
      const life = lifeMs(answer)
      const leftMs = answer.at + life - this.#host.clock.wall()
      this.#again(Math.max(leftMs, FIRST_RETRY_MS), life / 2)
      return true
    } catch (error) {
      this.#failed(error instanceof Error ? error.message : String(error))
      return false
    }
  }

  #take({ status, body, at }: ErrandAnswer): void {
    if (status !== 200) throw new Error(`it was answered with ${status}`)
    const read = readKeySet(readJsonObject(Buffer.from(body)))
    if (typeof read === 'string') throw new Error(read)
    const { log, name } = this.#host
    if (this.#failures > 0) log.warn(`the keys of ${name} can be fetched again`)
    this.#failures = 0
    this.#fetchedAt = at
    if (read.set.digest === this.keys?.digest) return
    this.keys = read.set
    this.#onChange()
    const wrong = read.unusable.filter(({ isOfNoUse }) => !isOfNoUse)
    if (wrong.length > 0)
      log.warn(`${name}: some keys of its issuer cannot be used`, {
        keys: wrong.map(({ index, why }) => `keys[${index}]: ${why}`),
      })
  }

  #failed(reason: string): void {
    const { log, name } = this.#host
    const hasKeys = this.keys !== undefined
    if (this.#failures++ === 0) {
      if (hasKeys)
        log.warn(`the keys of ${name} cannot be fetched; those there are stay`, { reason })
      else log.error(`the keys of ${name} cannot be fetched; its routes answer 503`, { reason })
    }
    const most = hasKeys ? MAX_RETRY_MS.with : MAX_RETRY_MS.without
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), most)
    this.#again(waitMs, waitMs)
  }

  /** Spread over a fifth of the time, so that workers and gateways do not all ask at once. */
  #again(inMs: number, maxAgeMs: number): void {
    if (this.#isClosed) return
    const jitter = 0.9 + Math.random() / 5
    this.#timer = setTimeout(() => void this.#fetch(maxAgeMs), inMs * jitter).unref()
  }
}

function lifeMs({ headers }: ErrandAnswer): number {
  const seconds = /(?:^|[\s,])max-age="?(\d{1,9})/i.exec(headers['cache-control'] ?? '')?.[1]
  const said = seconds === undefined ? LIFE_MS : Number(seconds) * 1e3
  return Math.min(Math.max(said, MIN_LIFE_MS), MAX_LIFE_MS)
}
