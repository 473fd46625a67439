/** A reply, turned into bytes. */

import { mayHaveBody } from '#http/status'
import { WEBSOCKET_VERSION } from '#http/websocket'
import type { HttpExchange } from '#proxy/exchange'
import { problemBody } from '#proxy/problem'
import { switchProtocols } from '#proxy/switch'
import type { Body } from '#sdk/body'
import { Fault } from '#sdk/fault'
import { Link } from '#sdk/link'
import { movePaths } from '#sdk/moved-paths'
import { type Reply, replyToFault } from '#sdk/reply'
import { Framing } from '#wire/http1/framing'
import { isFramingField } from '#wire/http1/serialize'

export function send(ex: HttpExchange, reply: Reply): void {
  const { connection, request } = ex
  const { writer } = connection
  if (ex.over || writer.finished) {
    discard(reply, new Fault('CLIENT_GONE')) // it came too late
    return
  }
  ex.reply = reply
  ex.answered()
  if (ex.request.pathPrefix !== '') putBackPrefix(ex, reply)
  if (reply.fault !== undefined) describe(ex, reply, reply.fault)

  const lines = replyLines(ex, reply)
  if (reply.status < 200) {
    if (reply.body instanceof Link) switchProtocols(ex, reply.body, lines)
    else refuseInterim(ex, reply)
    return
  }
  const keepAlive = connection.willKeepAlive()
  if (!mayHaveBody(reply.status, request.method)) {
    discard(reply, new Fault('NO_ANSWER'))
    // Only HEAD and 304 may tell the length of a body they do not have (RFC 9110 §8.6).
    const tells = request.method === 'HEAD' || reply.status === 304
    const length = tells ? reply.headers.get('content-length') : undefined
    writer.send(
      reply.status,
      length === undefined ? lines : `${lines}content-length: ${length}\r\n`,
      Framing.none,
      undefined,
      keepAlive,
    )
    return
  }
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body
  if (body === undefined || Buffer.isBuffer(body)) {
    writer.send(reply.status, lines, body?.length ?? 0, body, keepAlive)
    return
  }
  const framing = body.length ?? (writer.minor === 1 ? Framing.chunked : Framing.untilClose)
  writer.stream(reply.status, lines, framing, body, keepAlive && framing !== Framing.untilClose)
}

/** What the reply says of paths, in the client's terms: the routes of a stage do not know its prefix. */
function putBackPrefix(ex: HttpExchange, reply: Reply): void {
  const { pathPrefix } = ex.request
  movePaths(ex, reply, '', pathPrefix)
  const location = reply.headers.get('location')
  // The gateway's own redirects are written as the routes are.
  if (reply.from === 'gateway' && location !== undefined && /^\/(?!\/)/.test(location))
    reply.headers.set('location', pathPrefix + location)
}

/** The reply's own fields, with the request id and a Date in every case. */
function replyLines(ex: HttpExchange, reply: Reply): string {
  const { flat } = reply.headers
  let lines = ''
  let dated = false
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!
    if (isFramingField(name) || name === 'x-request-id') continue
    if (name === 'date') dated = true
    lines += `${name}: ${flat[i + 1]!}\r\n`
  }
  if (!dated) lines += `date: ${ex.listening.environment.time.http}\r\n`
  return `${lines}x-request-id: ${ex.id}\r\n`
}

/** What the client learns of a fault; the log learns the rest. */
function describe(ex: HttpExchange, reply: Reply, fault: Fault): void {
  if (fault.code === 'BAD_UPGRADE') reply.headers.set('sec-websocket-version', WEBSOCKET_VERSION)
  const accept = ex.request.headers.joined('accept')
  reply.body = problemBody(fault, ex.id, accept, ex.program.problems, reply.headers)
}

/** More than one reply would stand for one request. */
function refuseInterim(ex: HttpExchange, reply: Reply): void {
  const fault = new Fault('INTERNAL', `a reply with the status ${reply.status} ends no exchange`)
  discard(reply, fault)
  send(ex, replyToFault(fault))
}

function discard(reply: Reply, fault: Fault): void {
  if (isBody(reply.body)) reply.body.abort(fault)
}

function isBody(body: Reply['body']): body is Body {
  return typeof body === 'object' && !Buffer.isBuffer(body)
}
