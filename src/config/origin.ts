/** Where each piece of the configuration was written, found by the identity of the piece itself. */

import { type Key, type Path, showPath } from './complaint.ts'

export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The path within that file. */
  readonly path: string
}

/** A file's name, and what turns an offset in it into a line and a column, both from 1. */
export interface Source {
  readonly file: string
  readonly positionOf: (offset: number) => { readonly line: number; readonly column: number }
}

/** Where a mapping or list was written: plain numbers, so that 10,000 routes stay cheap. */
export interface Origin {
  readonly source: Source
  /** The mapping or list as written, placeholders and all. */
  readonly written: object
  readonly parent: Origin | undefined
  readonly key: Key | undefined
  readonly at: number
  readonly keysAt: Record<Key, number>
  readonly valuesAt: Record<Key, number>
}

/** A mapping or list that was put together from several: who holds each member. */
type Joined = ReadonlyMap<Key, readonly [holder: object, key: Key]>

const origins = new WeakMap<object, Origin>()
const joins = new WeakMap<object, Joined>()

export function setOrigin(piece: object, origin: Origin): void {
  origins.set(piece, origin)
}

export function setJoined(piece: object, joined: Joined): void {
  joins.set(piece, joined)
}

/** What replaces a piece stands where that piece stood. */
export function keepOrigin<T extends object>(replaced: object, by: T): T {
  const origin = origins.get(replaced)
  if (origin) origins.set(by, origin)
  const joined = joins.get(replaced)
  if (joined) joins.set(by, joined)
  return by
}

/** The place of a piece, or of its member `key`; of the piece itself when the member is missing. */
export function placeOf(piece: object, key?: Key, aim: 'key' | 'value' = 'value'): Place {
  const [holder, inner] = key === undefined ? [piece] : holderOf(piece, key)
  const origin = origins.get(holder)
  if (!origin) return { file: '', line: 1, column: 1, path: key === undefined ? '' : String(key) }

  const { keysAt, valuesAt } = origin
  const offsets = aim === 'key' && !Array.isArray(origin.written) ? keysAt : valuesAt
  const isThere = inner !== undefined && Object.hasOwn(offsets, inner)
  const path = pathOf(origin)
  return {
    file: origin.source.file,
    ...origin.source.positionOf(isThere ? offsets[inner]! : origin.at),
    path: showPath(inner === undefined ? path : [...path, inner]),
  }
}

/** The place that `path` leads to from `root`, or as near to it as was written. */
export function placeAt(root: object, path: Path, aim: 'key' | 'value' = 'value'): Place {
  let holder = root
  for (const [depth, key] of path.entries()) {
    const value = memberOf(holder, key)
    const isLast = depth === path.length - 1
    if (isLast || typeof value !== 'object' || value === null) {
      const place = placeOf(holder, key, isLast ? aim : 'value')
      const rest = path.slice(depth + 1)
      return rest.length === 0 ? place : { ...place, path: place.path + '.' + showPath(rest) }
    }
    holder = value
  }
  return placeOf(holder)
}

/** A member as it was written, before placeholders were replaced. */
export function writtenAt(piece: object, key: Key): unknown {
  const [holder, inner] = writtenHolderOf(piece, key)
  return memberOf(holder, inner)
}

/** The mapping or list of a file that holds a member: the same one for all that was made of it since. */
export function writtenHolderOf(piece: object, key: Key): readonly [holder: object, key: Key] {
  const [holder, inner] = holderOf(piece, key)
  return [origins.get(holder)?.written ?? holder, inner]
}

export function memberOf(holder: object, key: Key): unknown {
  return Object.hasOwn(holder, key) ? (holder as Record<Key, unknown>)[key] : undefined
}

/** Who holds a member of a piece that may have been put together, and under which key. */
export function holderOf(piece: object, key: Key): readonly [holder: object, key: Key] {
  return joins.get(piece)?.get(key) ?? [piece, key]
}

/** The path of a piece within its file. */
export function pathOf({ parent, key }: Origin): Key[] {
  return parent === undefined || key === undefined ? [] : [...pathOf(parent), key]
}
