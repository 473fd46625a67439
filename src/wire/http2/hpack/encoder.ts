/** Fields in, header blocks out (RFC 7541 §6), as text of one character for each byte. */

import { DEFAULT_TABLE_BYTES, DynamicTable } from '#wire/http2/hpack/dynamic-table'
import { integerText } from '#wire/http2/hpack/integer'
import { STATIC_FIELDS, staticIndexes, staticValues } from '#wire/http2/hpack/static-table'

const INDEXED = { pattern: 0x80, mask: 0x7f }
const LEARNED = { pattern: 0x40, mask: 0x3f }
const PLAIN = { pattern: 0, mask: 0x0f }
const NEVER = { pattern: 0x10, mask: 0x0f }
const RESIZE = { pattern: 0x20, mask: 0x1f }

interface Form {
  readonly pattern: number
  readonly mask: number
}

/** Names whose values come again and again; `date` for a second. The others are not worth a place in the table. */
const REPEATED =
  'accept-ranges access-control-allow-credentials access-control-allow-headers access-control-allow-methods ' +
  'access-control-allow-origin access-control-expose-headers access-control-max-age allow alt-svc cache-control ' +
  'content-encoding content-language content-security-policy content-type cross-origin-opener-policy ' +
  'cross-origin-resource-policy date deprecation grpc-encoding grpc-status permissions-policy referrer-policy server ' +
  'strict-transport-security vary via x-content-type-options x-frame-options x-powered-by x-xss-protection'

/** Names whose values are nobody's to learn from the size of a later block (RFC 7541 §7.1). */
const SECRET =
  'authorization proxy-authorization cookie set-cookie www-authenticate proxy-authenticate'

/** Values longer than that would leave room for little else. */
const MAX_LEARNED_LENGTH = 256

const forms = new Map<string, Form>()
for (const name of REPEATED.split(' ')) forms.set(name, LEARNED)
for (const name of SECRET.split(' ')) forms.set(name, NEVER)

/** What stands before the value of a field that is not in the table. Bounded: names are a service's to choose. */
const beginnings = new Map<string, string>()
const MAX_BEGINNINGS = 1_000
const MAX_KEPT_LENGTH = 64

const lengths = Array.from({ length: 1_024 }, (_, length) => integerText(length, 0, 0x7f))
const indexes = Array.from({ length: 256 }, (_, index) => indexText(index))
const statuses = new Map<number, string>()

export class HeaderEncoder {
  readonly #table = new DynamicTable()
  /** The least size of the table, and its size now, of which the peer has yet to hear. */
  #leastToTell = -1
  #toTell = -1

  /** The peer keeps a table of at most this size. We never need more than the default. */
  limitTable(maxBytes: number): void {
    const size = Math.min(maxBytes, DEFAULT_TABLE_BYTES)
    if (size === this.#table.maxBytes) return
    this.#table.resize(size)
    this.#leastToTell = this.#leastToTell < 0 ? size : Math.min(size, this.#leastToTell)
    this.#toTell = size
  }

  /** What a block begins with: '' but after the table has changed its size (§4.2). */
  begin(): string {
    if (this.#toTell < 0) return ''
    const least = integerText(this.#leastToTell, RESIZE.pattern, RESIZE.mask)
    const now = integerText(this.#toTell, RESIZE.pattern, RESIZE.mask)
    const isOne = this.#leastToTell === this.#toTell
    this.#leastToTell = this.#toTell = -1
    return isOne ? now : least + now
  }

  field(name: string, value: string): string {
    const form = forms.get(name) ?? PLAIN
    if (form !== LEARNED || value.length > MAX_LEARNED_LENGTH)
      return literal(name, value, form === LEARNED ? PLAIN : form)
    const at = this.#table.find(name, value)
    if (at >= 0) return indexes[at + STATIC_FIELDS + 1] ?? indexText(at + STATIC_FIELDS + 1)
    this.#table.add(name, value)
    return literal(name, value, LEARNED)
  }
}

/** `:status`, from the static table where it is there. */
export function statusField(status: number): string {
  let field = statuses.get(status)
  if (field === undefined) {
    const value = String(status)
    const at = staticValues.indexOf(value)
    field = at > 0 ? indexText(at) : literal(':status', value, PLAIN)
    statuses.set(status, field)
  }
  return field
}

function literal(name: string, value: string, form: Form): string {
  return beginningOf(name, form) + (lengths[value.length] ?? lengthText(value.length)) + value
}

function beginningOf(name: string, form: Form): string {
  // A learned name may be said plain, too, when its value is long: two beginnings.
  const isOwn = form === (forms.get(name) ?? PLAIN)
  const known = isOwn ? beginnings.get(name) : undefined
  if (known !== undefined) return known
  const lower = name.toLowerCase() // as names must be (RFC 9113 §8.2), whatever a plugin wrote
  const index = staticIndexes.get(lower)
  const beginning =
    index === undefined
      ? String.fromCharCode(form.pattern) + lengthText(name.length) + lower
      : integerText(index, form.pattern, form.mask)
  if (isOwn && beginnings.size < MAX_BEGINNINGS && name.length <= MAX_KEPT_LENGTH)
    beginnings.set(name, beginning)
  return beginning
}

function indexText(index: number): string {
  return integerText(index, INDEXED.pattern, INDEXED.mask)
}

function lengthText(length: number): string {
  return integerText(length, 0, 0x7f)
}
