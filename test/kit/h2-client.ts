/** A client of HTTP/2, by node:http2: what a well-behaved one says and hears. */

import { connect, type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2'
import { until } from './until.ts'

export interface H2Reply {
  status: number
  /** name, value, name, value … as they came, without `:status`. */
  fields: string[]
  body: string
  trailers: Record<string, unknown>
  /** The code of its RST_STREAM; 0 when it ended well. */
  code: number
  /** Statuses of interim replies. */
  interim: number[]
  ended: boolean
}

export interface H2Ask {
  method?: string
  path?: string
  authority?: string
  fields?: readonly string[]
  body?: string
  trailers?: OutgoingHttpHeaders
}

/** With TLS when `ca` is given. */
export async function connectH2(
  t: { after(fn: () => void): void },
  port: number,
  ca?: string,
  certificate: { readonly cert?: string; readonly key?: string } = {},
): Promise<ClientHttp2Session> {
  const scheme = ca === undefined ? 'http' : 'https'
  const options = ca === undefined ? {} : { ca, servername: 'gw.test', ...certificate }
  const session = connect(`${scheme}://127.0.0.1:${port}`, options)
  session.on('error', () => {})
  t.after(() => session.destroy())
  await until(() => !session.connecting)
  return session
}

export function sendH2(
  session: ClientHttp2Session,
  { method = 'GET', path = '/', authority = 'gw.test', fields = [], body, trailers }: H2Ask = {},
): H2Reply {
  const scheme = session.encrypted ? 'https' : 'http'
  const head = [':method', method, ':scheme', scheme, ':authority', authority, ':path', path]
  const stream = session.request([...head, ...fields], {
    endStream: body === undefined && trailers === undefined,
    waitForTrailers: trailers !== undefined,
  })
  const reply: H2Reply = {
    status: 0,
    fields: [],
    body: '',
    trailers: {},
    code: -1,
    interim: [],
    ended: false,
  }
  stream.on('wantTrailers', () => stream.sendTrailers(trailers!))
  stream.on('headers', (headers) => reply.interim.push(Number(headers[':status'])))
  stream.on('response', ((
    headers: { ':status': number },
    _flags: number,
    raw: readonly string[],
  ) => {
    reply.status = headers[':status']
    reply.fields = raw.slice(2)
  }) as () => void)
  stream.on('trailers', (headers) => (reply.trailers = { ...headers }))
  stream.on('data', (bytes: Buffer) => (reply.body += bytes.toString('latin1')))
  stream.on('end', () => (reply.ended = true))
  stream.on('error', () => {})
  stream.on('close', () => (reply.code = stream.rstCode ?? 0))
  if (body !== undefined || trailers !== undefined) stream.end(body ?? '', 'latin1')
  return reply
}

export async function askH2(session: ClientHttp2Session, ask?: H2Ask): Promise<H2Reply> {
  const reply = sendH2(session, ask)
  await until(() => reply.code >= 0)
  return reply
}

export function fieldOf({ fields }: H2Reply, name: string): string | undefined {
  const at = fields.findIndex((field, i) => i % 2 === 0 && field === name)
  return at < 0 ? undefined : fields[at + 1]
}
