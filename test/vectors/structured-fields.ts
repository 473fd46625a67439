/** The HTTP working group's own cases of structured fields (RFC 9651): read, refused and written as they say. */

import { isDeepStrictEqual } from 'node:util'
import { parseDictionary, parseItem, parseList } from '#http/structured-fields'
import {
  type BareItem,
  Decimal,
  DisplayString,
  type Item,
  isInnerList,
  type Member,
  type Parameters,
  StructuredDate,
  Token,
} from '#http/structured-values'
import { writeDictionary, writeItem, writeList } from '#http/write-structured'
import { base32 } from './base32.ts'
import { readVectors, Tally, vectorFiles, type VectorResult } from './vectors.ts'

const FOLDER = 'structured-fields'

type Bare = string | number | boolean | { readonly __type: string; readonly value: string | number }
type Params = readonly (readonly [string, Bare])[]
type Written = readonly [Bare | readonly Written[], Params]

interface Case {
  readonly name: string
  readonly raw?: readonly string[]
  readonly header_type: 'item' | 'list' | 'dictionary'
  readonly expected?: unknown
  readonly canonical?: readonly string[]
  readonly must_fail?: boolean
  readonly can_fail?: boolean
}

type Value = Item | readonly Member[] | ReadonlyMap<string, Member>

const PARSE = { item: parseItem, list: parseList, dictionary: parseDictionary }

export function run(): Promise<VectorResult> {
  const tally = new Tally(FOLDER)
  for (const file of vectorFiles(FOLDER)) {
    for (const each of readVectors(file) as readonly Case[]) {
      const fault = each.raw === undefined ? faultOfWriting(each) : faultOfReading(each, each.raw)
      tally.note(fault && `${file} "${each.name}": ${fault}`)
    }
  }
  return Promise.resolve(tally.result())
}

function faultOfReading(each: Case, raw: readonly string[]): string | undefined {
  const value: Value | undefined = PARSE[each.header_type](raw.join(', '))
  if (each.must_fail) return value === undefined ? undefined : 'accepted'
  if (value === undefined) return each.can_fail ? undefined : 'refused'
  if (!isDeepStrictEqual(plainOf(value), plainOf(valueOf(each)))) return 'read as something else'
  const canonical = (each.canonical ?? raw).join(', ')
  const written = write(value)
  return written === canonical ? undefined : `written as ${written}, expected ${canonical}`
}

function faultOfWriting(each: Case): string | undefined {
  let written: string | undefined
  try {
    written = write(valueOf(each))
  } catch {
    return each.must_fail ? undefined : 'not written'
  }
  if (each.must_fail) return 'written'
  const canonical = (each.canonical ?? []).join(', ')
  return written === canonical ? undefined : `written as ${written}, expected ${canonical}`
}

function write(value: Value): string {
  if (value instanceof Map) return writeDictionary(value)
  return Array.isArray(value) ? writeList(value) : writeItem(value as Item)
}

// ---- what is expected, in our terms

function valueOf({ header_type: type, expected }: Case): Value {
  if (type === 'item') return memberOf(expected as Written) as Item
  if (type === 'list') return (expected as readonly Written[]).map(memberOf)
  return new Map(
    (expected as readonly [string, Written][]).map(([key, one]) => [key, memberOf(one)]),
  )
}

function memberOf([value, params]: Written): Member {
  const own = new Map(params.map(([key, bare]) => [key, bareOf(bare)]))
  if (Array.isArray(value))
    return { items: (value as readonly Written[]).map((one) => memberOf(one) as Item), params: own }
  return { value: bareOf(value as Bare), params: own }
}

function bareOf(bare: Bare): BareItem {
  if (typeof bare === 'number') return Number.isInteger(bare) ? bare : new Decimal(bare)
  if (typeof bare !== 'object') return bare
  const { __type: type, value } = bare
  if (type === 'token') return new Token(String(value))
  if (type === 'date') return new StructuredDate(Number(value))
  if (type === 'displaystring') return new DisplayString(String(value))
  return base32(String(value))
}

// ---- to be compared: JSON cannot tell 1 from 1.0

function plainOf(value: Value): unknown {
  if (value instanceof Map)
    return [...(value as ReadonlyMap<string, Member>)].map(([key, one]) => [key, plainMember(one)])
  return Array.isArray(value) ? value.map(plainMember) : plainMember(value as Item)
}

function plainMember(member: Member): unknown {
  const what = isInnerList(member) ? member.items.map(plainMember) : plainBare(member.value)
  return [what, plainParams(member.params)]
}

function plainParams(params: Parameters): unknown {
  return [...params].map(([key, value]) => [key, plainBare(value)])
}

function plainBare(value: BareItem): unknown {
  if (value instanceof Decimal) return value.value
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}
