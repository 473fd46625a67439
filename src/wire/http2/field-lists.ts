/** Fields as node:http2 takes them. */

import type { OutgoingHttpHeaders } from 'node:http2'
import { isFramingField } from '#wire/http1/serialize'
import type { ReplyStart } from '#wire/reply-channel'

/** The head of a reply. `length`: what Content-Length says. */
export function replyFields(
  { status, fields, date, requestId }: ReplyStart,
  length: number | string | undefined,
): string[] {
  const flat = [':status', String(status)]
  let dated = false
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!
    if (isFramingField(name) || name === 'x-request-id') continue
    if (name === 'date') dated = true
    flat.push(name, fields[i + 1]!)
  }
  if (!dated) flat.push('date', date)
  flat.push('x-request-id', requestId)
  if (length !== undefined) flat.push('content-length', String(length))
  return flat
}

/** For interim replies and trailers, which the library takes as an object alone. */
export function fieldObject(fields: readonly string[], status?: number): OutgoingHttpHeaders {
  const object: Record<string, string | string[] | number> = Object.create(null)
  if (status !== undefined) object[':status'] = status
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!
    if (isFramingField(name)) continue
    const value = fields[i + 1]!
    const before = object[name]
    object[name] = before === undefined ? value : [before, value].flat().map(String)
  }
  return object
}
