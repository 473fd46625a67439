/** The question that is asked about a request, and what tells it from others. */

import { hash } from 'node:crypto'
import { type Exchange, HeaderList, KeptBody, type ServiceRequest } from '#sdk/index'
import type { Options } from './options.ts'

/** They say how to read the body. */
const OF_THE_BODY = ['content-type', 'content-encoding']

export class Question {
  readonly #path: string
  readonly #query: string
  readonly #send: readonly string[]
  readonly #timeoutMs: number

  constructor({ url, send, timeout }: Options, path: string) {
    this.#path = path
    this.#query = new URL(url).search
    this.#send = send
    this.#timeoutMs = timeout
  }

  /** Nothing of it frames the client's message: it is a message of its own. */
  about(ex: Exchange, body: Buffer | undefined): ServiceRequest {
    const { request } = ex
    const headers = new HeaderList([
      'x-forwarded-method',
      request.method,
      'x-forwarded-uri',
      uriOf(ex),
    ])
    for (const name of this.#send) {
      if (name === 'cookie') {
        const cookies = request.headers.all(name)
        if (cookies.length > 0) headers.add(name, cookies.join('; '))
      } else for (const value of request.headers.all(name)) headers.add(name, value)
    }
    if (body !== undefined)
      for (const name of OF_THE_BODY) {
        const value = request.headers.get(name)
        if (value !== undefined) headers.add(name, value)
      }
    const ms = this.#timeoutMs
    return {
      method: body === undefined ? 'GET' : 'POST',
      path: this.#path,
      query: this.#query,
      headers,
      body: body && new KeptBody(body),
      isVerbatim: true,
      timeout: { connect: ms, response: ms, total: ms },
    }
  }

  /** The same for two requests when all that is asked is the same, but for ids. */
  keyOf(ex: Exchange, body: Buffer | undefined): string {
    const { method, scheme, authority, headers } = ex.request
    const parts = [method, scheme, authority, ex.client.ip, uriOf(ex)]
    for (const name of this.#send) parts.push(headers.all(name).join('\n'))
    if (body !== undefined)
      parts.push(
        hash('sha256', body, 'base64'),
        ...OF_THE_BODY.map((name) => headers.get(name) ?? ''),
      )
    return parts.map((part) => `${part.length}:${part}`).join('')
  }
}

/** As the router sees it, and before a stage's prefix was taken off. */
function uriOf({ request }: Exchange): string {
  return request.pathPrefix + request.path + request.query
}
