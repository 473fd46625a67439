/** A reply, handed to whoever turns it into bytes. */

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

export function send(ex: HttpExchange, reply: Reply): void {
  const { channel, request } = ex
  if (ex.over || channel.finished) {
    discard(reply, new Fault('CLIENT_GONE')) // it came too late
    return
  }
  ex.reply = reply
  ex.answered()
  if (ex.request.pathPrefix !== '') putBackPrefix(ex, reply)
  if (reply.fault !== undefined) describe(ex, reply, reply.fault)

  const { status, headers } = reply
  const date = ex.listening.environment.time.http
  const start = { status, fields: headers.flat, date, requestId: ex.id }
  if (status < 200) {
    if (reply.body instanceof Link && channel.switchProtocols)
      switchProtocols(ex, reply.body, start)
    else refuseInterim(ex, reply)
    return
  }
  if (!mayHaveBody(status, request.method)) {
    discard(reply, new Fault('NO_ANSWER'))
    // Only HEAD and 304 may tell the length of a body they do not have (RFC 9110 §8.6).
    const tells = request.method === 'HEAD' || status === 304
    channel.sendHead(start, tells ? headers.get('content-length') : undefined)
    return
  }
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body
  if (body === undefined || Buffer.isBuffer(body)) channel.send(start, body)
  else channel.stream(start, body)
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
