/** Trailer fields of an HTTP/2 request (RFC 9113 §8.1): as strict as its head. */

import { HeaderList } from '#http/header-list'
import { FieldKind, type FieldName, fieldName, mayTrail } from '#wire/field-names'
import { isFieldValue } from '#wire/http2/request-head'

const MAX_FIELDS = 64

/** Undefined when they are malformed. Those that may not stand behind a body are dropped. */
export function readTrailers(flat: readonly string[]): HeaderList | undefined {
  if (flat.length / 2 > MAX_FIELDS) return undefined
  const kept: string[] = []
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!
    const value = flat[i + 1]!
    const field = fieldName(name)
    if (field === undefined || field.name !== name || !isFieldValue(value)) return undefined
    if (frames(field)) return undefined
    if (mayTrail(field)) kept.push(field.name, value)
  }
  return new HeaderList(kept)
}

/** What would frame the body, or is for a connection, which a stream has none of. */
function frames({ name, kind }: FieldName): boolean {
  switch (kind) {
    case FieldKind.contentLength:
    case FieldKind.transferEncoding:
    case FieldKind.connection:
    case FieldKind.upgrade:
      return true
    default:
      return name === 'keep-alive' || name === 'proxy-connection'
  }
}
