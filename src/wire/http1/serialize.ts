/** Heads as the bytes that go on the wire: latin1 text, one string per head. */

import { reasonOf } from '#http/status'
import { isFramingField } from '#wire/field-names'
import { type BodyFraming, Framing } from '#wire/framing'

/** All fields that are not the engine's own, each with its CRLF. */
export function fieldLines(flat: readonly string[]): string {
  let text = ''
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!
    if (!isFramingField(name)) text += `${name}: ${flat[i + 1]!}\r\n`
  }
  return text
}

const statusLines = new Map<number, string>()

/** `HTTP/1.1 200 OK` with its CRLF. The version is ours, whatever the peer speaks (RFC 9110 §2.5). */
export function statusLine(status: number): string {
  let line = statusLines.get(status)
  if (line === undefined) {
    line = `HTTP/1.1 ${status} ${reasonOf(status)}\r\n`
    statusLines.set(status, line)
  }
  return line
}

/** The field that says how long the body is, with its CRLF; '' when nothing must be said. */
export function framingLine(framing: BodyFraming): string {
  if (framing >= 0) return `content-length: ${framing}\r\n`
  return framing === Framing.chunked ? 'transfer-encoding: chunked\r\n' : ''
}

/** They ask for, and grant, the only protocol that is switched to. */
export const UPGRADE_LINES = 'connection: upgrade\r\nupgrade: websocket\r\n'

export function chunkHead(length: number): string {
  return `${length.toString(16)}\r\n`
}
