/** Reads structured fields strictly (RFC 9651 §4.2): what is not exactly one is none. */

import {
  type BareItem,
  Decimal,
  DisplayString,
  type InnerList,
  type Item,
  type Member,
  type Parameters,
  StructuredDate,
  Token,
} from '#http/structured-values'

/** The text is that of all lines of the field, joined by commas; undefined when it is none of these. */
export function parseDictionary(text: string): ReadonlyMap<string, Member> | undefined {
  return parse(text, (reader) => reader.dictionary())
}

export function parseList(text: string): readonly Member[] | undefined {
  return parse(text, (reader) => reader.list())
}

export function parseItem(text: string): Item | undefined {
  return parse(text, (reader) => reader.item())
}

/** It ends the reading; nobody sees it. */
const MALFORMED = new Error('no structured field')

function parse<T>(text: string, read: (reader: Reader) => T): T | undefined {
  const reader = new Reader(text)
  try {
    reader.skipSpaces()
    const value = read(reader)
    reader.skipSpaces()
    return reader.isAtEnd ? value : undefined
  } catch (thrown) {
    if (thrown === MALFORMED) return undefined
    throw thrown
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

// Each reads from where the reader stands.
const KEY = /[a-z*][a-z0-9_.*-]*/y
const NUMBER = /-?(\d+)(?:\.(\d+))?/y
const STRING = /"((?:[ !#-[\]-~]|\\["\\])*)"/y
const TOKEN = /[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*/y
const BYTES = /:([A-Za-z0-9+/]*={0,2}):/y
const BOOLEAN = /\?([01])/y
const DATE = /@(-?\d{1,15})(?![\d.])/y
const DISPLAY = /%"((?:[ !#$&-~]|%[0-9a-f]{2})*)"/y
const COMMA = /[ \t]*,[ \t]*/y
const SPACES = / */y

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length
  }

  skipSpaces(): void {
    this.#take(SPACES)
  }

  dictionary(): Map<string, Member> {
    const members = new Map<string, Member>()
    this.#members(() => {
      const key = this.#key()
      members.set(key, this.#takes('=') ? this.#member() : { value: true, params: this.#params() })
    })
    return members
  }

  list(): Member[] {
    const members: Member[] = []
    this.#members(() => members.push(this.#member()))
    return members
  }

  item(): Item {
    return { value: this.#bareItem(), params: this.#params() }
  }

  #members(readOne: () => void): void {
    if (this.isAtEnd) return
    do readOne()
    while (this.#take(COMMA) !== undefined) // one must follow
  }

  #member(): Member {
    return this.#takes('(') ? this.#innerList() : this.item()
  }

  #innerList(): InnerList {
    const items: Item[] = []
    for (;;) {
      this.skipSpaces()
      if (this.#takes(')')) return { items, params: this.#params() }
      items.push(this.item())
      const next = this.#text[this.#at]
      if (next !== ' ' && next !== ')') throw MALFORMED
    }
  }

  #params(): Parameters {
    const params = new Map<string, BareItem>()
    while (this.#takes(';')) {
      this.skipSpaces()
      const key = this.#key()
      params.set(key, this.#takes('=') ? this.#bareItem() : true)
    }
    return params
  }

  #key(): string {
    return this.#need(KEY)[0]
  }

  #bareItem(): BareItem {
    switch (this.#text.charAt(this.#at)) {
      case '"':
        return this.#need(STRING)[1]!.replace(/\\(.)/g, '$1')
      case ':':
        return Buffer.from(this.#need(BYTES)[1]!, 'base64')
      case '?':
        return this.#need(BOOLEAN)[1] === '1'
      case '@':
        return new StructuredDate(Number(this.#need(DATE)[1]) || 0)
      case '%':
        return new DisplayString(decoded(this.#need(DISPLAY)[1]!))
      default: {
        const number = this.#take(NUMBER)
        return number === undefined ? new Token(this.#need(TOKEN)[0]) : numberOf(number)
      }
    }
  }

  #takes(char: string): boolean {
    if (this.#text[this.#at] !== char) return false
    this.#at++
    return true
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text) ?? undefined
    if (found !== undefined) this.#at = pattern.lastIndex
    return found
  }

  #need(pattern: RegExp): RegExpExecArray {
    const found = this.#take(pattern)
    if (found === undefined) throw MALFORMED
    return found
  }
}

/** At most 15 digits, or 12 and 3 behind the point (§4.2.4). */
function numberOf([text, digits = '', fraction]: RegExpExecArray): number | Decimal {
  const isGood =
    fraction === undefined ? digits.length <= 15 : digits.length <= 12 && fraction.length <= 3
  if (!isGood) throw MALFORMED
  return fraction === undefined ? Number(text) || 0 : new Decimal(Number(text))
}

function decoded(text: string): string {
  const bytes = text.replace(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'))
  } catch {
    throw MALFORMED
  }
}
