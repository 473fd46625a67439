/** A configuration without its broken pieces, so that the rest can still be judged: all errors at once. */

import type { Key, Path } from './complaint.ts'
import { keepOrigin, memberOf } from './origin.ts'

const SECTIONS_OF_MANY = new Set(
  'routes apis services authenticators consumers plans stages stores listeners defaults'.split(' '),
)

/** How much must go so that what is wrong at `path` is gone: a route, a service, one default, a section. */
export function unitOf(path: Path): Path {
  const [section, name, member] = path
  if (section === 'apis' && member === 'routes' && path.length > 3) return path.slice(0, 4)
  if (section === 'apis' && member === 'versions' && path.length > 3)
    return path.slice(0, path[4] === 'routes' && path.length > 5 ? 6 : 4)
  const isMany = SECTIONS_OF_MANY.has(String(section))
  return path.slice(0, isMany && name !== undefined ? 2 : 1)
}

/** A copy of `piece` without what stands at `paths`. */
export function prune<T extends object>(piece: T, paths: readonly Path[]): T {
  const gone = new Set<Key>()
  const deeper = new Map<Key, Path[]>()
  for (const [key, ...rest] of paths) {
    if (key === undefined) continue
    if (rest.length === 0) gone.add(key)
    else deeper.set(key, [...(deeper.get(key) ?? []), rest])
  }
  const keep = ([name, member]: [string, unknown]): [Key, unknown][] => {
    const key = Array.isArray(piece) ? Number(name) : name
    if (gone.has(key)) return []
    const inner = deeper.get(key)
    const isPiece = typeof member === 'object' && member !== null
    return [[key, inner && isPiece ? prune(member, inner) : member]]
  }
  const kept = Object.entries(piece).flatMap(keep)
  const copy = Array.isArray(piece) ? kept.map(([, member]) => member) : Object.fromEntries(kept)
  return keepOrigin(piece, copy as T)
}

/** A copy of `piece` with another value at `path`. */
export function replaceAt<T extends object>(piece: T, [key, ...rest]: Path, value: unknown): T {
  if (key === undefined) return piece
  const member = memberOf(piece, key)
  const isPiece = typeof member === 'object' && member !== null
  const copy = (Array.isArray(piece) ? [...piece] : { ...piece }) as Record<Key, unknown>
  copy[key] = rest.length > 0 && isPiece ? replaceAt(member, rest, value) : value
  return keepOrigin(piece, copy as T)
}
