/** Where the other parser may differ from ours, each narrow and with its reason. */

import { METHODS } from 'node:http'
import type { Listening } from '#proxy/client-facts'
import { readInbound } from '#proxy/inbound'
import { Fault } from '#sdk/fault'
import type { ReplyHead, RequestHead } from '#wire/head'
import type { Seen } from './oracle.ts'

const listening = { name: 'main', scheme: 'http' } as Listening

/** It knows a list of methods; to us any token in capitals is one (RFC 9110 §9.1). Much else is refused behind the parser. */
export function isNotOurs(head: RequestHead): boolean {
  if (!METHODS.includes(head.method)) return true
  return readInbound(listening, head, true, 'a.test', undefined) instanceof Fault
}

/** After these no further request is read from the connection, by either. */
export function endsConnection(head: RequestHead): boolean {
  return head.connectionClose || (head.minor === 0 && !head.connectionKeepAlive)
}

/** Fields that make it end or hand over the connection after a message, where we go on. */
const ENDS_THERE: Readonly<Record<string, string>> = {
  upgrade: 'it waits for someone to take the connection over',
  'proxy-connection': 'to it the same as Connection; no field of HTTP (RFC 9112 appendix C.2.2)',
}

/** Also when they stand after the body, as Connection may there: we drop them all. */
export function mayEndThere({ fields, trailers }: Seen): boolean {
  const names = fields.filter((_, n) => n % 2 === 0).concat(trailers)
  return names.some((name) => Object.hasOwn(ENDS_THERE, name)) || trailers.includes('connection')
}

/** Interim replies after which it reads no other: one that says it closes, or switches, which a connection of ours refuses. */
export function isLastToIt({ status, connectionClose }: ReplyHead): boolean {
  return connectionClose || status === 101
}

/** What makes a whole stream one that says nothing. */
const LEFT_OUT: readonly { readonly why: string; readonly holds: RegExp }[] = [
  {
    why: 'a tab after a coding is white space (RFC 9110 §5.6.3); to it, part of another coding',
    holds: /^transfer-encoding:.*\t[ \t]*\r$/im,
  },
  {
    why: 'it stops in the middle of all it has read to let HTTP/2 take over; we refuse the method',
    holds: /^PRI /m,
  },
  {
    why: 'an interim reply with Proxy-Connection: see ENDS_THERE',
    holds: /^HTTP\/1\.1 1[^]*\r\nproxy-connection:/i,
  },
]

export function isLeftOut(text: string): boolean {
  return LEFT_OUT.some(({ holds }) => holds.test(text))
}
