/** Writes structured fields in their one canonical form (RFC 9651 §4.1). */

import {
  type BareItem,
  Decimal,
  DisplayString,
  type InnerList,
  isInnerList,
  type Item,
  type Member,
  type Parameters,
  StructuredDate,
  Token,
} from '#http/structured-values'

const KEY = /^[a-z*][a-z0-9_.*-]*$/
const TOKEN = /^[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*$/
const MAX_INTEGER = 999_999_999_999_999
const MAX_DECIMAL = 999_999_999_999

/** All of them fail when a value has no such form. */
export function writeDictionary(members: ReadonlyMap<string, Member>): string {
  return [...members]
    .map(([key, member]) =>
      !isInnerList(member) && member.value === true
        ? writeKey(key) + writeParams(member.params)
        : `${writeKey(key)}=${writeMember(member)}`,
    )
    .join(', ')
}

export function writeList(members: readonly Member[]): string {
  return members.map(writeMember).join(', ')
}

export function writeInnerList({ items, params }: InnerList): string {
  return `(${items.map(writeItem).join(' ')})${writeParams(params)}`
}

export function writeItem({ value, params }: Item): string {
  return writeBareItem(value) + writeParams(params)
}

function writeMember(member: Member): string {
  return isInnerList(member) ? writeInnerList(member) : writeItem(member)
}

function writeParams(params: Parameters): string {
  let text = ''
  for (const [key, value] of params)
    text += value === true ? `;${writeKey(key)}` : `;${writeKey(key)}=${writeBareItem(value)}`
  return text
}

function writeKey(key: string): string {
  if (!KEY.test(key)) throw new TypeError('no key of a structured field')
  return key
}

function writeBareItem(value: BareItem): string {
  if (typeof value === 'string') return writeString(value)
  if (typeof value === 'boolean') return value ? '?1' : '?0'
  if (typeof value === 'number') return writeInteger(value)
  if (value instanceof Decimal) return writeDecimal(value.value)
  if (value instanceof Token) return writeToken(value.text)
  if (value instanceof StructuredDate) return `@${writeInteger(value.seconds)}`
  if (value instanceof DisplayString) return writeDisplay(value.text)
  return `:${Buffer.from(value).toString('base64')}:`
}

function writeString(text: string): string {
  if (!/^[ -~]*$/.test(text)) throw new TypeError('no string of a structured field')
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

function writeToken(text: string): string {
  if (!TOKEN.test(text)) throw new TypeError('no token of a structured field')
  return text
}

function writeInteger(value: number): string {
  if (!Number.isInteger(value) || Math.abs(value) > MAX_INTEGER)
    throw new RangeError('no integer of a structured field')
  return String(value)
}

/** Of two that are as near, the even one. */
function writeDecimal(value: number): string {
  const thousandths = value * 1_000
  const down = Math.floor(thousandths)
  const isTie = thousandths - down === 0.5
  const rounded = (isTie ? down + Math.abs(down % 2) : Math.round(thousandths)) / 1_000
  if (!(Math.abs(Math.trunc(rounded)) <= MAX_DECIMAL))
    throw new RangeError('no decimal of a structured field')
  const text = String(rounded)
  return text.includes('.') ? text : `${text}.0`
}

function writeDisplay(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('no display string of a structured field')
  let escaped = ''
  for (const byte of Buffer.from(text))
    escaped +=
      byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x25
        ? `%${byte.toString(16).padStart(2, '0')}`
        : String.fromCharCode(byte)
  return `%"${escaped}"`
}
