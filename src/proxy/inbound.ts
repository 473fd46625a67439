/** What the client asked, made from a head: one view of method, authority, path and query for everyone behind the door. */

import { parseAuthority } from '#http/authority'
import { forwardedScheme } from '#http/forwarded'
import type { HeaderList } from '#http/header-list'
import { normalizePath } from '#http/path'
import type { Listening } from '#proxy/client-facts'
import type { Body } from '#sdk/body'
import type { InboundRequest } from '#sdk/exchange'
import { Fault } from '#sdk/fault'
import type { RequestHead } from '#wire/head'
import { asksForWebSocket, upgradeFlaw } from '#wire/http1/upgrade'

export class Inbound implements InboundRequest {
  readonly listener: string
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly authority: string
  readonly host: string
  path: string
  pathPrefix = ''
  /** As the client asked. */
  readonly askedPath: string
  readonly query: string
  readonly headers: HeaderList
  body: Body | undefined
  expectsContinue: boolean
  readonly takesTrailers: boolean
  readonly upgrade: 'websocket' | undefined

  constructor(
    listening: Listening,
    head: RequestHead,
    trusted: boolean,
    authority: string,
    host: string,
    path: string,
    query: string,
    body: Body | undefined,
  ) {
    this.listener = listening.name
    this.method = head.method
    this.scheme = (trusted ? forwardedScheme(head.headers) : undefined) ?? listening.scheme
    this.authority = authority
    this.host = host
    this.path = path
    this.askedPath = path
    this.query = query
    this.headers = head.headers
    this.body = body
    this.expectsContinue = head.expect !== undefined && head.minor === 1
    this.takesTrailers = head.teTrailers
    this.upgrade = asksForWebSocket(head) ? 'websocket' : undefined
  }
}

/** Reads a valid head as a request; what is ambiguous is a fault (RFC 9112 §3.2, RFC 9110 §7.4). */
export function readInbound(
  listening: Listening,
  head: RequestHead,
  trusted: boolean,
  localAuthority: string,
  body: Body | undefined,
): Inbound | Fault {
  const { method, target } = head
  if (method === 'CONNECT' || method === 'TRACE') return new Fault('METHOD_NOT_SUPPORTED')
  if (head.expect !== undefined && head.expect.toLowerCase() !== '100-continue')
    return new Fault('EXPECTATION_FAILED')
  if (asksForWebSocket(head)) {
    const flaw = upgradeFlaw(head)
    if (flaw !== undefined) return new Fault('BAD_UPGRADE', flaw)
  }
  if (head.hosts > 1 || (head.hosts === 0 && head.minor === 1)) return new Fault('BAD_HOST')

  let authority = head.host ?? localAuthority
  let origin = target
  if (target.charCodeAt(0) !== 0x2f) {
    if (target === '*' && method === 'OPTIONS') origin = '*'
    else {
      const absolute = /^(https?):\/\/([^/?#]+)(.*)$/i.exec(target)
      if (absolute === null)
        return new Fault('BAD_REQUEST', 'the target has none of the forms a gateway serves')
      if (parseAuthority(authority) === undefined) return new Fault('BAD_HOST')
      if (absolute[1]!.toLowerCase() !== listening.scheme) return new Fault('MISDIRECTED')
      authority = absolute[2]!
      origin = absolute[3]!.startsWith('/') ? absolute[3]! : `/${absolute[3]!}`
    }
  }
  const parsed = parseAuthority(authority)
  if (parsed === undefined) return new Fault('BAD_HOST')

  const mark = origin.indexOf('?')
  const query = mark < 0 ? '' : origin.slice(mark)
  if (query.includes('#')) return new Fault('BAD_PATH', 'the target holds a fragment')
  const path = origin === '*' ? '*' : normalizePath(mark < 0 ? origin : origin.slice(0, mark))
  if (path === undefined) return new Fault('BAD_PATH')
  return new Inbound(listening, head, trusted, parsed.text, parsed.host, path, query, body)
}

/** For the log line of what could not be read: as much as there is, without what may be secret. */
export function unreadable(listening: Listening, head: RequestHead): Inbound {
  const path = head.target.replace(/[?#].*$/, '').replace(/^(\w+:\/\/)?[^/]*@/, '$1')
  const host = head.host?.replace(/^.*@/, '') ?? ''
  return new Inbound(listening, head, false, host, '', path, '', undefined)
}
