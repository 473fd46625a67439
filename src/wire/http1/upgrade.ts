/** The switch to WebSocket, as the heads of HTTP/1.1 ask for it and grant it (RFC 6455 §4). */

import { handshakeFlaw, namesWebSocket } from '#http/websocket'
import type { Head, ReplyHead, RequestHead } from '#wire/head'

/** Other protocols are not switched to, and HTTP/1.0 knows of none (RFC 9110 §7.8): the field is as if it were not there. */
export function asksForWebSocket(head: RequestHead): boolean {
  return saysWebSocket(head) && head.minor === 1
}

/** What is wrong with a request that asks for it; undefined when nothing is. */
export function upgradeFlaw(head: RequestHead): string | undefined {
  if (head.method !== 'GET') return 'the method is not GET'
  if (saysLength(head)) return 'it says how long its body is'
  return handshakeFlaw(head.headers)
}

/** Whether a 101 is what was asked for. `accept`: undefined when nothing was. */
export function grantsWebSocket(head: ReplyHead, accept: string | undefined): boolean {
  return (
    accept !== undefined &&
    saysWebSocket(head) &&
    !saysLength(head) && // it has no body (RFC 9112 §6.1)
    head.headers.joined('sec-websocket-accept') === accept
  )
}

function saysWebSocket({ connectionUpgrade, upgrade }: Head): boolean {
  return connectionUpgrade && upgrade !== undefined && namesWebSocket(upgrade)
}

function saysLength({ contentLengths, transferEncodings }: Head): boolean {
  return contentLengths + transferEncodings > 0
}
