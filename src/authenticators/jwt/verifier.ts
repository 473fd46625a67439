/** Tokens that are read here: each is checked once, and what it says is remembered for as long as it holds. */

import type { Clock } from '#sdk/index'
import { readJws, typeIn, type CompactJws } from '../tokens/compact-jws.ts'
import { FactCache } from '../tokens/fact-cache.ts'
import { type FactRules, type Facts, readFacts } from '../tokens/facts.ts'
import { readJsonObject } from '../tokens/json-object.ts'
import { unreachable } from '../tokens/refusals.ts'
import { timeProblem } from '../tokens/times.ts'
import type { Finding, TokenReader } from '../tokens/token-authenticator.ts'
import type { KeySource } from './key-source.ts'

/** Of good tokens, for each worker and authenticator; by what they are long, all together. */
const MAX_CACHED_TOKENS = 10_000
const MAX_CACHED_BYTES = 16 * 1_024 * 1_024

/** Requests that may wait for keys at one time; those beyond are told to come again. */
const MAX_WAITING = 1_000

const USUAL_TYPES: readonly (string | undefined)[] = [undefined, 'jwt', 'at+jwt']

export interface VerifierRules extends FactRules {
  readonly algorithms: ReadonlySet<string>
  /** Undefined: the usual ones. */
  readonly types: readonly string[] | undefined
  readonly skewMs: number
  readonly maxBytes: number
}

/** What a token says, before anyone knows who says so. */
interface Unproved {
  readonly jws: CompactJws
  readonly facts: Facts
}

export class Verifier implements TokenReader {
  readonly maxBytes: number
  readonly #rules: VerifierRules
  readonly #clock: Clock
  readonly #keys: KeySource
  readonly #cache = new FactCache<Facts>(MAX_CACHED_TOKENS, MAX_CACHED_BYTES)
  #waiting = 0

  /** @param keysFrom gets what to call when keys have changed */
  constructor(rules: VerifierRules, clock: Clock, keysFrom: (onChange: () => void) => KeySource) {
    this.maxBytes = rules.maxBytes
    this.#rules = rules
    this.#clock = clock
    this.#keys = keysFrom(() => this.#cache.clear())
  }

  find(token: string, tokenHash: string): Finding | Promise<Finding> {
    const known = this.#cache.get(tokenHash, token.length)
    if (known !== undefined) return this.#timeProblem(known) ?? known
    const read = this.#read(token)
    if (typeof read === 'string') return read
    const { jws } = read
    const { keys } = this.#keys
    if (keys === undefined) return this.#findLater(read, tokenHash, this.#keys.running)
    if (keys.hasSigned(jws)) return this.#keep(read, tokenHash)
    if (keys.knows(jws.kid)) return 'its signature does not hold'
    const renewed = this.#keys.renew()
    return typeof renewed === 'boolean'
      ? unknownKey(renewed)
      : this.#findLater(read, tokenHash, renewed)
  }

  close(): void {
    this.#keys.close()
  }

  /**
   * All but the signature comes first: tokens of other issuers, and those that have expired, send nobody for keys. Or
   * what is wrong with it.
   */
  #read(token: string): Unproved | string {
    const jws = readJws(token)
    if (typeof jws === 'string') return jws
    if (!this.#rules.algorithms.has(jws.algorithm.name)) return 'its algorithm is not accepted'
    const types = this.#rules.types ?? USUAL_TYPES
    if (!types.includes(typeIn(jws.header))) return 'its typ is not accepted'
    const claims = readJsonObject(jws.payload)
    if (claims === undefined) return 'its claims are not a JSON object'
    const facts = readFacts(claims, this.#rules)
    if (typeof facts === 'string') return facts
    return this.#timeProblem(facts) ?? { jws, facts }
  }

  async #findLater(
    read: Unproved,
    tokenHash: string,
    answer: Promise<boolean> | undefined,
  ): Promise<Finding> {
    if (answer === undefined || this.#waiting >= MAX_WAITING)
      return unreachable('there are no keys yet')
    this.#waiting++
    const isNew = await answer.finally(() => this.#waiting--)
    const { keys } = this.#keys
    if (keys === undefined) return unreachable('there are no keys yet')
    if (keys.hasSigned(read.jws)) return this.#keep(read, tokenHash)
    return keys.knows(read.jws.kid) ? 'its signature does not hold' : unknownKey(isNew)
  }

  #keep({ jws, facts }: Unproved, tokenHash: string): Facts {
    this.#cache.set(tokenHash, facts, jws.characters)
    return facts
  }

  #timeProblem(facts: Facts): string | undefined {
    return timeProblem(facts, this.#clock.wall(), this.#rules.skewMs)
  }
}

/** `isTold`: the issuer was asked, and has no such key either. */
function unknownKey(isTold: boolean): Finding {
  return isTold
    ? 'no key that is known has signed it'
    : unreachable('a token names a key that nobody knows, and its issuer cannot be asked')
}
