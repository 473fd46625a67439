/** Knows who signed a request, and that it is the request which was signed (RFC 9421 §3.2). */

import {
  type Authenticator,
  type AuthenticatorHost,
  type Awaitable,
  type Carriers,
  type Exchange,
  Fault,
  holdBody,
  Identity,
  type InnerList,
  isInnerList,
  parseDictionary,
  Refusal,
  type Verdict,
} from '#sdk/index'
import { ALGORITHMS } from './algorithms.ts'
import { signatureBase } from './base.ts'
import { isDigestOf } from './content-digest.ts'
import { coversWhole, lacking } from './coverage.ts'
import type { SignatureKey } from './keys.ts'
import type { Options } from './options.ts'

/** Clocks differ. */
const SKEW_MS = 30_000
/** So many signatures of a request are looked at. */
const MAX_SIGNATURES = 4

/** One that holds. */
interface Holding {
  readonly key: SignatureKey
  readonly covered: InnerList
}

export class Signature implements Authenticator {
  /** What is signed is this request and no other: the service may look at it as well. */
  readonly carriers: Carriers = {}
  readonly challenge: string
  readonly #options: Options
  readonly #keys: ReadonlyMap<string, SignatureKey>
  readonly #host: AuthenticatorHost

  constructor(options: Options, keys: ReadonlyMap<string, SignatureKey>, host: AuthenticatorHost) {
    this.#options = options
    this.#keys = keys
    this.#host = host
    this.challenge = `Signature realm="${host.name}"`
  }

  authenticate(ex: Exchange): Awaitable<Verdict> {
    const { headers } = ex.request
    const inputs = headers.joined('signature-input')
    const signatures = headers.joined('signature')
    if (inputs === undefined && signatures === undefined) return undefined
    const found = this.#holding(ex, inputs ?? '', signatures ?? '')
    return typeof found === 'string' ? refused(found) : this.#accept(ex, found)
  }

  /** The first that holds; else what is wrong with the first. */
  #holding(ex: Exchange, inputs: string, signatures: string): Holding | string {
    const covered = parseDictionary(inputs)
    const given = parseDictionary(signatures)
    if (covered === undefined || given === undefined) return 'its fields are malformed'
    const { label: wanted, tag } = this.#options
    let problem: string | undefined
    let looked = 0
    for (const [label, member] of covered) {
      if (wanted !== undefined && label !== wanted) continue
      if (!isInnerList(member) || (tag !== undefined && member.params.get('tag') !== tag)) continue
      if (++looked > MAX_SIGNATURES) break
      const signature = given.get(label)
      const bytes = signature && !isInnerList(signature) ? signature.value : undefined
      const found =
        bytes instanceof Uint8Array
          ? this.#verify(ex, member, Buffer.from(bytes))
          : 'its label has no signature'
      if (typeof found !== 'string') return found
      problem ??= found
    }
    return problem ?? 'there is none of those that count'
  }

  #verify(ex: Exchange, covered: InnerList, signature: Buffer): Holding | string {
    const { params } = covered
    const keyid = params.get('keyid')
    const key = typeof keyid === 'string' ? this.#keys.get(keyid) : undefined
    if (key === undefined) return 'its key is not known'
    if (params.has('alg') && params.get('alg') !== key.alg)
      return 'its key is for another algorithm'
    const untimely = this.#untimely(covered)
    if (untimely !== undefined) return untimely
    const nonce = params.get('nonce')
    if (nonce === undefined ? this.#options.nonce === 'required' : typeof nonce !== 'string')
      return 'it has no nonce'
    const lack = lacking(ex, covered, this.#options.components)
    if (lack !== undefined) return `it does not cover ${lack}`
    const base = signatureBase(ex, covered)
    if (typeof base === 'string') return base
    const isGood = ALGORITHMS[key.alg].verifies(key.key, base, signature)
    return isGood ? { key, covered } : 'it is of another key, or of another request'
  }

  #untimely({ params }: InnerList): string | undefined {
    const nowMs = this.#host.clock.wall()
    const created = params.get('created')
    const expires = params.get('expires')
    if (typeof created !== 'number') return 'it does not say when it was made'
    if (created * 1_000 > nowMs + SKEW_MS) return 'it is of the future'
    if (created * 1_000 + this.#options.maxAge <= nowMs) return 'it is too old'
    if (expires === undefined) return undefined
    return typeof expires === 'number' && expires * 1_000 > nowMs ? undefined : 'it has expired'
  }

  /** The body and the nonce come last: whoever cannot sign neither has one held, nor spends the other. */
  async #accept(ex: Exchange, { key, covered }: Holding): Promise<Verdict> {
    if (coversWhole(covered, 'content-digest')) {
      const body = await holdBody(ex)
      if (!isDigestOf(ex.request.headers.joined('content-digest'), body))
        return refused('the body is not the one that was signed')
    }
    const nonce = covered.params.get('nonce')
    if (typeof nonce === 'string' && !(await this.#isFirst(key, nonce)))
      return refused('its nonce was here before')
    const consumer = this.#host.consumers.named(key.consumer ?? key.kid)
    return new Identity(consumer, { credential: key.kid })
  }

  #isFirst({ kid }: SignatureKey, nonce: string): Awaitable<boolean> {
    return this.#host.isFirst(JSON.stringify([kid, nonce]), this.#options.maxAge + SKEW_MS)
  }
}

function refused(why: string): Refusal {
  return new Refusal(new Fault('CREDENTIALS_REFUSED', `signature: ${why}`))
}
