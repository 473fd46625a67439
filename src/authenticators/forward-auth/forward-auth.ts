/** Asks the auth server about a request, unless it said yes to the same a short while ago. */

import { hash } from 'node:crypto'
import {
  type Authenticator,
  type AuthenticatorHost,
  type Awaitable,
  type Carriers,
  DetachedExchange,
  type Exchange,
  type ExchangeKey,
  Fault,
  holdBody,
  readKey,
  readWhole,
  Refusal,
  type Service,
  type Verdict,
} from '#sdk/index'
import {
  type Answer,
  freshMs,
  identityOf,
  isForAll,
  isYes,
  MAX_ANSWER_BYTES,
  refusalOf,
} from './answer.ts'
import { Decisions } from './decisions.ts'
import type { Options } from './options.ts'
import { Question } from './question.ts'

export class ForwardAuth implements Authenticator {
  readonly carriers: Carriers
  readonly fields: readonly string[]
  readonly #options: Options
  readonly #host: AuthenticatorHost
  readonly #service: Service
  readonly #authority: string
  readonly #question: Question
  readonly #decisions: Decisions | undefined
  readonly #key: ExchangeKey | undefined
  readonly #underWay = new Map<string, Promise<Answer>>()

  constructor(options: Options, host: AuthenticatorHost, path: string) {
    this.#options = options
    this.#host = host
    const { origin, host: authority } = new URL(options.url)
    this.#service = host.service(origin)
    this.#authority = authority
    this.#question = new Question(options, path)
    this.#decisions = options.cache && host.keep('decisions', () => new Decisions())
    this.#key = options.cache?.key && readKey(options.cache.key)
    this.fields = options.take
    // Which cookie is the credential only the auth server knows; Authorization is nothing else (RFC 9110 §11.6.2).
    const isTaken = options.take.includes('authorization')
    const isCarried = options.send.includes('authorization') && !isTaken
    this.carriers = isCarried ? { headers: ['authorization'] } : {}
  }

  authenticate(ex: Exchange): Awaitable<Verdict> {
    const bringsBody = this.#options.body && ex.request.body !== undefined
    return bringsBody ? this.#withBody(ex) : this.#decide(ex, undefined)
  }

  async #withBody(ex: Exchange): Promise<Verdict> {
    return this.#decide(ex, await holdBody(ex))
  }

  #decide(ex: Exchange, body: Buffer | undefined): Awaitable<Verdict> {
    if (this.#decisions === undefined) return this.#decideAlone(ex, body)
    const said = this.#key === undefined ? this.#question.keyOf(ex, body) : this.#key(ex)
    if (said === undefined) return this.#decideAlone(ex, body)
    const key = hash('sha256', said, 'base64') // no credentials are kept
    const known = this.#decisions.get(key, this.#host.clock.now())
    return known ?? this.#decideTogether(key, ex, body)
  }

  async #decideAlone(ex: Exchange, body: Buffer | undefined): Promise<Verdict> {
    const asking = new DetachedExchange(ex) // the log's service is the one that the request is for
    ex.onGone(asking)
    try {
      return this.#verdictOf(await this.#ask(asking, body))
    } catch (thrown) {
      return this.#unreachable(thrown)
    }
  }

  /** Those who ask the same meanwhile wait for one answer. The client that asked first may leave. */
  async #decideTogether(key: string, ex: Exchange, body: Buffer | undefined): Promise<Verdict> {
    try {
      const underWay = this.#underWay.get(key)
      if (underWay !== undefined) {
        const answer = await underWay
        return isForAll(answer) ? this.#verdictOf(answer) : await this.#decideAlone(ex, body)
      }
      const asked = this.#ask(new DetachedExchange(ex), body)
      this.#underWay.set(key, asked)
      const answer = await asked.finally(() => this.#underWay.delete(key))
      const verdict = this.#verdictOf(answer)
      const forMs = Math.min(this.#options.cache!.ttl, freshMs(answer))
      if (!(verdict instanceof Refusal) && isForAll(answer) && forMs > 0)
        this.#decisions!.put(key, verdict, this.#host.clock.now() + forMs)
      return verdict
    } catch (thrown) {
      return this.#unreachable(thrown)
    }
  }

  async #ask(asking: Exchange, body: Buffer | undefined): Promise<Answer> {
    const reply = await this.#service.call(asking, this.#question.about(asking, body))
    const { status, headers, body: said } = reply
    const whole =
      typeof said === 'object' && 'start' in said ? readWhole(said, MAX_ANSWER_BYTES) : said
    return { status, headers, body: Buffer.from((await whole) ?? '') }
  }

  #verdictOf(answer: Answer) {
    if (isYes(answer)) return identityOf(answer, this.#options, this.#host)
    return (
      refusalOf(answer, this.#authority) ??
      this.#unreachable(new Error(`it answered ${answer.status}`))
    )
  }

  /** What is no answer lets nobody pass. */
  #unreachable(thrown: unknown): Refusal {
    if (thrown instanceof Fault && thrown.code === 'CLIENT_GONE') throw thrown
    const why =
      thrown instanceof Fault ? thrown.code : thrown instanceof Error ? thrown.message : ''
    return new Refusal(
      new Fault(
        'AUTHENTICATOR_UNREACHABLE',
        `${this.#host.name} at ${this.#authority}: ${why}`,
        thrown,
      ),
    )
  }
}
