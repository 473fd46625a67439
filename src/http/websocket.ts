/** The WebSocket handshake (RFC 6455 §4): what asks for it, what is wrong with it, and what answers it. */

import { hash } from 'node:crypto'
import type { HeaderList } from '#http/header-list'

/** The only version there is; older ones were drafts. */
export const WEBSOCKET_VERSION = '13'

const SALT = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** 16 bytes in base64: the last digit before the padding stands for two bits alone. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/

/** Whether `websocket` is among the protocols of an Upgrade field. */
export function namesWebSocket(upgrade: string): boolean {
  return /(?:^|,)[ \t]*websocket[ \t]*(?:,|$)/i.test(upgrade)
}

/** What is wrong with the fields of a client's handshake; undefined when nothing is. */
export function handshakeFlaw(headers: HeaderList): string | undefined {
  const version = headers.joined('sec-websocket-version')
  if (version !== WEBSOCKET_VERSION) return `Sec-WebSocket-Version is not ${WEBSOCKET_VERSION}`
  const key = headers.joined('sec-websocket-key')
  if (key === undefined || !KEY.test(key)) return 'Sec-WebSocket-Key is not 16 bytes in base64'
  return undefined
}

/** The Sec-WebSocket-Accept that shows that the other end has understood. */
export function acceptOf(headers: HeaderList): string {
  return hash('sha1', (headers.joined('sec-websocket-key') ?? '') + SALT, 'base64')
}
