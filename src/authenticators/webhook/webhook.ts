/** Knows a sender by the secret that it signed the body with. */

import { createHmac, timingSafeEqual } from 'node:crypto'
import {
  type Authenticator,
  type AuthenticatorHost,
  type Awaitable,
  type Carriers,
  type Consumer,
  type Exchange,
  Fault,
  holdBody,
  Identity,
  Refusal,
  type Verdict,
} from '#sdk/index'
import type { Options } from './options.ts'
import { type Scheme, schemeOf, type Shown } from './schemes.ts'

/** The first time in milliseconds that is none in seconds. */
const FIRST_MILLISECONDS = 100_000_000_000

export class Webhook implements Authenticator {
  /** Nobody can do anything with a signature but send the same again: the service may look at it as well. */
  readonly carriers: Carriers = {}
  readonly #host: AuthenticatorHost
  readonly #scheme: Scheme
  readonly #keys: readonly Buffer[]
  readonly #toleranceMs: number
  readonly #consumer: Consumer

  constructor(options: Options, host: AuthenticatorHost) {
    this.#host = host
    this.#scheme = schemeOf(options)
    this.#keys = options.secret.map(this.#scheme.keyOf)
    this.#toleranceMs = options.tolerance
    this.#consumer = host.consumers.named(options.consumer ?? host.name)
  }

  authenticate(ex: Exchange): Awaitable<Verdict> {
    const shown = this.#scheme.read(ex.request.headers)
    if (shown === undefined) return undefined
    if (typeof shown === 'string') return refused(shown)
    if (!this.#isOfNow(shown)) return refused('it was signed too long ago, or its clock is wrong')
    return this.#check(ex, shown)
  }

  async #check(ex: Exchange, shown: Shown): Promise<Verdict> {
    const body = await holdBody(ex)
    const signature = this.#keys
      .map((key) => this.#sign(key, shown, body))
      .find((ours) => shown.signatures.some((theirs) => isSame(ours, theirs)))
    if (signature === undefined) return refused('the signature is of another secret or body')
    const isFirst =
      !this.#scheme.hasTime ||
      // What was signed ahead of time holds as long on the other side of it.
      (await this.#host.isFirst(signature.toString('base64'), 2 * this.#toleranceMs))
    return isFirst ? new Identity(this.#consumer) : refused('the same was here before')
  }

  #isOfNow({ timestamp }: Shown): boolean {
    if (timestamp === undefined) return true
    const time = Number(timestamp)
    const ms = time < FIRST_MILLISECONDS ? time * 1_000 : time
    return Math.abs(this.#host.clock.wall() - ms) <= this.#toleranceMs
  }

  #sign(key: Buffer, { before, after }: Shown, body: Buffer): Buffer {
    return createHmac(this.#scheme.algorithm, key)
      .update(before, 'latin1')
      .update(body)
      .update(after, 'latin1')
      .digest()
  }
}

function isSame(ours: Buffer, theirs: Buffer): boolean {
  return ours.length === theirs.length && timingSafeEqual(ours, theirs)
}

function refused(why: string): Refusal {
  return new Refusal(new Fault('CREDENTIALS_REFUSED', `webhook: ${why}`))
}
