/** The question whether a token is good (RFC 7662 §2.1), and what counts as an answer. */

import {
  type Exchange,
  Fault,
  HeaderList,
  KeptBody,
  normalizePath,
  readWhole,
  type Reply,
  type Service,
} from '#sdk/index'
import { type JsonObject, readJsonObject } from '../tokens/json-object.ts'
import type { IntrospectionOptions } from './options.ts'

/** Of an answer. */
const MAX_ANSWER_BYTES = 65_536

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json *(?:;|$)/i

export class Question {
  readonly #path: string
  readonly #query: string
  readonly #authorization: string
  readonly #timeoutMs: number

  constructor({ url, clientId, clientSecret, timeout }: IntrospectionOptions) {
    const { pathname, search } = new URL(url)
    this.#path = normalizePath(pathname)!
    this.#query = search
    // RFC 6749 §2.3.1: both are form-encoded before they are put together.
    const pair = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`
    this.#authorization = `Basic ${Buffer.from(pair).toString('base64')}`
    this.#timeoutMs = timeout
  }

  /** What is said of the token; undefined when it is not active. Fails with a fault when that is no answer. */
  async ask(service: Service, ex: Exchange, token: string): Promise<JsonObject | undefined> {
    const ms = this.#timeoutMs
    const form = new URLSearchParams({ token, token_type_hint: 'access_token' }).toString()
    const reply = await service.call(ex, {
      method: 'POST',
      path: this.#path,
      query: this.#query,
      headers: new HeaderList([
        'authorization',
        this.#authorization,
        'accept',
        'application/json',
        'content-type',
        'application/x-www-form-urlencoded',
      ]),
      body: new KeptBody(Buffer.from(form)),
      isVerbatim: true,
      timeout: { connect: ms, response: ms, total: ms },
    })
    const said = readJsonObject(await bytesOf(reply))
    if (said === undefined) throw notAnAnswer('what is no JSON object')
    if (typeof said['active'] !== 'boolean') throw notAnAnswer('an object that has no "active"')
    return said['active'] ? said : undefined
  }
}

async function bytesOf(reply: Reply): Promise<Buffer> {
  const { body } = reply
  const isStream = typeof body === 'object' && 'start' in body
  const problem = headProblem(reply)
  if (problem === undefined)
    return isStream ? readWhole(body, MAX_ANSWER_BYTES) : Buffer.from(body ?? '')
  const fault = notAnAnswer(problem)
  if (isStream) body.abort(fault)
  throw fault
}

function headProblem({ status, headers }: Reply): string | undefined {
  if (status !== 200) return `status ${status}`
  const isJson = JSON_TYPE.test(headers.get('content-type') ?? '')
  return isJson ? undefined : 'another type than application/json'
}

function notAnAnswer(what: string): Fault {
  return new Fault('AUTHENTICATOR_UNREACHABLE', `the introspection endpoint answered with ${what}`)
}

function formEncoded(text: string): string {
  return new URLSearchParams({ a: text }).toString().slice(2)
}
