/** One request and its reply. */

import { randomHex } from '#base/random-ids'
import { parseTraceparent, type TraceContext } from '#http/trace-context'
import { account } from '#proxy/account'
import type { ClientFacts, Listening } from '#proxy/client-facts'
import type { Inbound } from '#proxy/inbound'
import { continuedHopLines, viaLine } from '#proxy/hop-lines'
import { HttpLimits } from '#proxy/exchange-limits'
import type { Program, RouteProgram } from '#proxy/program'
import type { Unmatched } from '#routing/match'
import type { Staged } from '#routing/stage-table'
import { serve } from '#proxy/serve'
import { send } from '#proxy/send'
import type { Client, Consumer, Exchange, Forward, Params, Slot, Work } from '#sdk/exchange'
import type { HeaderList } from '#http/header-list'
import { Fault } from '#sdk/fault'
import { NO_PARAMS } from '#sdk/params'
import { type Reply, replyToFault } from '#sdk/reply'
import { AT } from '#telemetry/counters'
import type { RequestBody } from '#wire/request-body'
import type { Served } from '#wire/connection'
import type { ReplyChannel } from '#wire/reply-channel'

/** A request id that a trusted proxy gave: what can stand in a log and a header as it is. */
const REQUEST_ID = /^[\w.~+/=:@-]{1,128}$/

const PREFIX_FIELD = 'x-forwarded-prefix'

/** What the router found out about an exchange. */
export interface RouteMatch {
  readonly params?: Params
  readonly fault?: Unmatched | undefined
  readonly allow?: readonly string[] | undefined
}

export class HttpExchange implements Exchange, Served {
  readonly id: string
  readonly traceId: string
  readonly client: Client
  readonly request: Inbound
  readonly forward: Forward
  readonly limits: HttpLimits
  readonly channel: ReplyChannel
  readonly listening: Listening
  readonly program: Program
  params: Params = NO_PARAMS
  routeProgram: RouteProgram
  consumer: Consumer | undefined = undefined
  claims: Exchange['claims'] = undefined
  scopes: Exchange['scopes'] = undefined
  credential = ''
  shadowed: string | undefined = undefined
  replied: Exchange['replied'] = undefined
  match: RouteMatch = NO_MATCH
  reply: Reply | undefined = undefined
  service = ''
  target = ''
  attempts = 0
  serviceMs = 0
  readonly startedAt: number
  readonly #facts: ClientFacts
  readonly #trace: TraceContext | undefined
  readonly #body: RequestBody | undefined
  readonly #refusal: Fault | undefined
  #calledAt = 0
  #work: Work | undefined = undefined
  #moreWork: Work[] | undefined = undefined
  #slots: Map<Slot<unknown>, unknown> | undefined = undefined // most exchanges never need it
  #over = false

  constructor(
    channel: ReplyChannel,
    listening: Listening,
    facts: ClientFacts,
    request: Inbound,
    body: RequestBody | undefined,
    refusal: Fault | undefined,
  ) {
    const { environment } = listening
    const random = randomHex(16)
    const trace = facts.trusted
      ? parseTraceparent(request.headers.joined('traceparent'))
      : undefined
    const given = facts.trusted ? request.headers.joined('x-request-id') : undefined
    this.id = given !== undefined && REQUEST_ID.test(given) ? given : random
    this.traceId = trace?.traceId ?? random
    this.#trace = trace
    this.channel = channel
    this.listening = listening
    this.client = facts.clientOf(request.headers)
    this.request = request
    this.forward = { path: request.path, query: request.query, headers: undefined }
    this.limits = new HttpLimits(this)
    this.program = environment.program
    this.routeProgram = this.program.fallback()
    this.#facts = facts
    this.#body = body
    this.#refusal = refusal
    this.startedAt = environment.clock.now()
    environment.counters.add(AT.exchanges, 1)
    this.program.begun()
  }

  get route(): string {
    return this.routeProgram.name
  }

  get stage(): string {
    return this.routeProgram.stage
  }

  /** Whether the reply is out or the client gone. */
  get over(): boolean {
    return this.#over
  }

  /** Bytes of the request's body so far. */
  get bytesIn(): number {
    return this.#body?.bytes ?? 0
  }

  // ---- Served: what the connection tells

  begin(): void {
    if (this.#refusal === undefined) serve(this)
    else send(this, replyToFault(this.#refusal))
  }

  clientGone(fault: Fault): void {
    this.#work?.stop(fault)
    if (this.#moreWork !== undefined) for (const work of this.#moreWork) work.stop(fault)
    this.reply ??= replyToFault(fault)
    this.reply.fault ??= fault
  }

  endMeansGone(): boolean {
    return this.#work !== undefined && !this.listening.answersHalfClosed
  }

  finished(complete: boolean, fault?: Fault): void {
    if (this.#over) return
    if (fault !== undefined) this.reply!.fault ??= fault
    this.#over = true
    this.program.ended()
    this.limits.tunnel?.places?.give()
    account(this, complete)
  }

  /** Its connection carries another protocol from here on: the exchange is over, without a line in the log. */
  switched(): void {
    this.#over = true
    this.program.ended()
  }

  // ---- Exchange: what filters and services ask

  /** From here on its path is the one that the stage's routes know. */
  enterStage({ prefix, path }: Staged): void {
    const { request } = this
    request.path = path
    this.forward.path = path
    if (prefix === '') return
    request.pathPrefix = prefix
    // For services that write links to themselves; a proxy that is trusted may have taken off more before.
    const before = request.headers.joined(PREFIX_FIELD) ?? ''
    request.headers.set(PREFIX_FIELD, before + prefix)
  }

  enter(route: RouteProgram, match: RouteMatch): void {
    this.routeProgram = route
    this.match = match
    if (match.params !== undefined) this.params = match.params
  }

  get<T>(slot: Slot<T>): T | undefined {
    return this.#slots?.get(slot) as T | undefined
  }

  set<T>(slot: Slot<T>, value: T): void {
    this.#slots ??= new Map()
    this.#slots.set(slot, value)
  }

  hopLines(): string {
    const { request } = this
    const { headers } = request
    const lines = this.#facts.trusted
      ? continuedHopLines(
          this.#facts.origin(request.scheme, request.authority),
          headers,
          this.client.ip,
        )
      : this.#facts.freshLines(request.authority)
    const tracestate = this.#trace === undefined ? undefined : headers.joined('tracestate')
    return (
      `${lines}${viaLine(headers, this.channel.version)}x-request-id: ${this.id}\r\n` +
      `traceparent: 00-${this.traceId}-${randomHex(8)}-${this.#trace?.flags ?? '01'}\r\n` +
      (tracestate === undefined ? '' : `tracestate: ${tracestate}\r\n`)
    )
  }

  called(service: string, target: string, attempts: number, isHedge: boolean): void {
    const { environment } = this.listening
    this.service = service
    this.target = target
    this.attempts = attempts
    if (this.#calledAt === 0) this.#calledAt = environment.clock.now()
    environment.counters.add(AT.serviceAttempts, 1)
    if (attempts > 1) environment.counters.add(isHedge ? AT.serviceHedges : AT.serviceRetries, 1)
  }

  answeredBy(target: string): void {
    this.target = target
  }

  /** The endpoint has answered: for the log's `serviceMs`. */
  answered(): void {
    if (this.#calledAt > 0) this.serviceMs = this.listening.environment.clock.now() - this.#calledAt
  }

  onGone(work: Work): void {
    if (this.#over) work.stop(new Fault('CLIENT_GONE')) // it left while a filter was waiting
    else if (this.#work === undefined) this.#work = work
    else (this.#moreWork ??= []).push(work)
  }

  informational(status: number, headers: HeaderList): void {
    this.channel.informational(status, headers.flat)
  }
}

const NO_MATCH: RouteMatch = {}
