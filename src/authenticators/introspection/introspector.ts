/** Asks whoever issued tokens about each, once for all requests that show it at the same time, and remembers the answer a while. */

import {
  type AuthenticatorHost,
  type Clock,
  DetachedExchange,
  type Exchange,
  Fault,
  type Service,
} from '#sdk/index'
import { FactCache } from '../tokens/fact-cache.ts'
import { type FactRules, type Facts, readFacts } from '../tokens/facts.ts'
import { unreachable } from '../tokens/refusals.ts'
import { timeProblem } from '../tokens/times.ts'
import type { Finding, TokenReader } from '../tokens/token-authenticator.ts'
import type { IntrospectionOptions } from './options.ts'
import { Question } from './question.ts'

/** RFC 6750 §2.1: what a token may be made of. */
const TOKEN = /^[\w\-.~+/]+=*$/

const SKEW_MS = 5_000

/** For each worker and authenticator; good ones and bad ones apart, so that made-up tokens push no good one out. */
const MAX_GOOD = 10_000
const MAX_GOOD_BYTES = 16 * 1_024 * 1_024
const MAX_BAD = 10_000
const BAD_MS = 10_000

/** Tokens that are asked about at one time. */
const MAX_UNDER_WAY = 1_000

/** `until`: by the clock's `now`. */
interface Good {
  readonly facts: Facts
  readonly until: number
}

interface Bad {
  readonly why: string
  readonly until: number
}

/** What holds whatever configuration comes, as long as the authenticator stays as it is. */
export class Answers {
  readonly good = new FactCache<Good>(MAX_GOOD, MAX_GOOD_BYTES)
  readonly bad = new FactCache<Bad>(MAX_BAD)
}

export class Introspector implements TokenReader {
  readonly maxBytes: number
  readonly #rules: FactRules
  readonly #cacheMs: number
  readonly #clock: Clock
  readonly #service: Service
  readonly #question: Question
  readonly #answers: Answers
  readonly #underWay = new Map<string, Promise<Finding>>()

  constructor(options: IntrospectionOptions, host: AuthenticatorHost, answers: Answers) {
    const { maxBytes, consumer, groups, issuer, audience, cache, url } = options
    this.maxBytes = maxBytes
    this.#rules = { consumer, groups, issuer, audience, require: [], mustEnd: false }
    this.#cacheMs = cache
    this.#clock = host.clock
    this.#service = host.service(new URL(url).origin)
    this.#question = new Question(options)
    this.#answers = answers
  }

  find(token: string, tokenHash: string, ex: Exchange): Finding | Promise<Finding> {
    const { good, bad } = this.#answers
    const now = this.#clock.now()
    const known = good.get(tokenHash, token.length)
    if (known !== undefined && now < known.until) return this.#holding(known.facts)
    if (!TOKEN.test(token)) return 'it is malformed'
    const refused = bad.get(tokenHash, 1)
    if (refused !== undefined && now < refused.until) return refused.why
    const begun = this.#underWay.get(tokenHash)
    if (begun !== undefined) return begun
    if (this.#underWay.size >= MAX_UNDER_WAY)
      return unreachable('too many tokens are being asked about')
    const asked = this.#ask(token, tokenHash, ex).finally(() => this.#underWay.delete(tokenHash))
    this.#underWay.set(tokenHash, asked)
    return asked
  }

  async #ask(token: string, tokenHash: string, ex: Exchange): Promise<Finding> {
    try {
      // Others may wait for the same answer, so it does not end with the client that asked first.
      const claims = await this.#question.ask(this.#service, new DetachedExchange(ex), token)
      const now = this.#clock.now()
      const facts = claims === undefined ? 'it is not active' : readFacts(claims, this.#rules)
      if (typeof facts === 'string') {
        const until = now + Math.min(BAD_MS, this.#cacheMs)
        this.#answers.bad.set(tokenHash, { why: facts, until }, 1)
        return facts
      }
      const leftMs = facts.untilMs - this.#clock.wall()
      const until = now + Math.min(this.#cacheMs, leftMs)
      if (until > now) this.#answers.good.set(tokenHash, { facts, until }, token.length)
      return this.#holding(facts)
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
      return unreachable(`${thrown.code}: ${thrown.message}`)
    }
  }

  #holding(facts: Facts): Finding {
    return timeProblem(facts, this.#clock.wall(), SKEW_MS) ?? facts
  }
}
