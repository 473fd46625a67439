/** What structured fields are made of (RFC 9651 §3). */

export class Decimal {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

export class Token {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export class StructuredDate {
  /** Since 1970. */
  readonly seconds: number

  constructor(seconds: number) {
    this.seconds = seconds
  }
}

export class DisplayString {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** A number is an integer. */
export type BareItem =
  | number
  | Decimal
  | string
  | Token
  | Uint8Array
  | boolean
  | StructuredDate
  | DisplayString

export type Parameters = ReadonlyMap<string, BareItem>

export interface Item {
  readonly value: BareItem
  readonly params: Parameters
}

export interface InnerList {
  readonly items: readonly Item[]
  readonly params: Parameters
}

export type Member = Item | InnerList

export function isInnerList(member: Member): member is InnerList {
  return 'items' in member
}
