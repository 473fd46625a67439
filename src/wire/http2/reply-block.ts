/** Heads and trailers of replies as header blocks. */

import type { HeaderEncoder } from '#wire/http2/hpack/encoder'
import { statusField } from '#wire/http2/hpack/encoder'
import { isFramingField } from '#wire/field-names'
import type { ReplyStart } from '#wire/reply-channel'

/** `length`: what Content-Length says. */
export function replyBlock(
  encoder: HeaderEncoder,
  { status, fields, date, requestId }: ReplyStart,
  length: number | string | undefined,
): string {
  let block = encoder.begin() + statusField(status)
  let dated = false
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!
    if (isFramingField(name) || name === 'x-request-id') continue
    if (name === 'date') dated = true
    block += encoder.field(name, fields[i + 1]!)
  }
  if (!dated) block += encoder.field('date', date)
  block += encoder.field('x-request-id', requestId)
  return length === undefined ? block : block + encoder.field('content-length', String(length))
}

/** Of an interim reply when it has a status, else trailers. */
export function fieldBlock(
  encoder: HeaderEncoder,
  fields: readonly string[],
  status?: number,
): string {
  let block = encoder.begin()
  if (status !== undefined) block += statusField(status)
  for (let i = 0; i < fields.length; i += 2)
    if (!isFramingField(fields[i]!)) block += encoder.field(fields[i]!, fields[i + 1]!)
  return block
}
