/** An exchange as expressions see it: each variable is read when it is asked for, and no earlier. */

import type { HeaderList } from '#http/header-list'
import type { Exchange, Replied } from '#sdk/exchange'

/** So often may one evaluation ask for variables: it bounds what loops over a request's own lists can cost. */
const MAX_READS = 200

export class RequestView {
  readonly #ex: Exchange

  constructor(ex: Exchange) {
    this.#ex = ex
  }

  get method(): string {
    return this.#ex.request.method
  }

  get path(): string {
    return this.#ex.request.path
  }

  get host(): string {
    return this.#ex.request.host
  }

  get scheme(): string {
    return this.#ex.request.scheme
  }
}

export class ClientView {
  readonly ip: string

  constructor(ex: Exchange) {
    this.ip = ex.client.ip
  }
}

/** Members are undefined while nobody knows who calls. */
export class ConsumerView {
  readonly name: string | undefined
  readonly plan: string | undefined
  readonly groups: readonly string[] | undefined
  /** What the plan allows beside rates. */
  readonly features: readonly string[] | undefined

  constructor({ consumer }: Exchange) {
    this.name = consumer?.name
    this.plan = consumer?.plan
    this.groups = consumer?.groups
    this.features = consumer?.features ?? (consumer && NO_FEATURES)
  }
}

const NO_FEATURES: readonly string[] = Object.freeze([])

/** The reply, once it is there. */
export class ReplyView {
  readonly status: bigint
  readonly #replied: Replied

  constructor(replied: Replied) {
    this.status = BigInt(replied.status)
    this.#replied = replied
  }

  get headers(): ReadonlyMap<string, string> {
    return joined(this.#replied.headers)
  }

  get json(): unknown {
    return this.#replied.json
  }
}

/** What variables stand for; undefined is absent. */
export class ExchangeView {
  readonly #ex: Exchange
  #reads = 0
  #headers: ReadonlyMap<string, string> | undefined = undefined

  constructor(ex: Exchange) {
    this.#ex = ex
  }

  get path(): Exchange['params'] {
    return this.#read().params
  }

  get query(): ReadonlyMap<string, string> {
    return queryOf(this.#read().request.query)
  }

  get headers(): ReadonlyMap<string, string> {
    const { headers } = this.#read().request
    return (this.#headers ??= joined(headers))
  }

  get cookies(): ReadonlyMap<string, string> {
    return cookiesOf(this.#read().request.headers)
  }

  get claims(): Readonly<Record<string, unknown>> {
    return this.#read().claims ?? NONE
  }

  get consumer(): ConsumerView {
    return new ConsumerView(this.#read())
  }

  get client(): ClientView {
    return new ClientView(this.#read())
  }

  get request(): RequestView {
    return new RequestView(this.#read())
  }

  get stage(): string {
    return this.#read().stage
  }

  get reply(): ReplyView | undefined {
    const { replied } = this.#read()
    return replied && new ReplyView(replied)
  }

  #read(): Exchange {
    if (++this.#reads > MAX_READS) throw new RangeError('the expression asks for too much')
    return this.#ex
  }
}

const NONE: Readonly<Record<string, unknown>> = Object.freeze({})

/** A field that comes several times has its values joined (RFC 9110 §5.3). */
function joined({ flat }: HeaderList): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (let i = 0; i < flat.length; i += 2) {
    const before = fields.get(flat[i]!)
    fields.set(flat[i]!, before === undefined ? flat[i + 1]! : `${before}, ${flat[i + 1]!}`)
  }
  return fields
}

/** The first of each name, as keys read them too. */
function queryOf(query: string): ReadonlyMap<string, string> {
  return firstOfEach(new URLSearchParams(query))
}

function cookiesOf(headers: HeaderList): ReadonlyMap<string, string> {
  return firstOfEach(
    headers.all('cookie').flatMap((field) =>
      field.split(';').map((pair): [string, string] => {
        const [name, ...value] = pair.split('=')
        return [name!.trim(), value.join('=').trim()]
      }),
    ),
  )
}

function firstOfEach(pairs: Iterable<readonly [string, string]>): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of pairs) if (!values.has(name)) values.set(name, value)
  return values
}
