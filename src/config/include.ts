/** Several files -> one: lists are joined, maps united, the same name twice is an error. */

import { glob } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Complaint, type Key, showValue } from './complaint.ts'
import { holderOf, keepOrigin, memberOf, placeOf, setJoined } from './origin.ts'
import type { ParseCache } from './parse-cache.ts'

export interface Merged {
  /** Undefined when a file could not be read as a mapping. */
  readonly data: Record<string, unknown> | undefined
  readonly complaints: readonly Complaint[]
  readonly warnings: readonly Complaint[]
  /** The files read, and the folders where a pattern may find more. */
  readonly files: readonly string[]
}

/** Sections that hold for the whole gateway: one place to look for them. */
const FIRST_FILE_ONLY = new Set(
  'defaults listeners listen stages trust observe admin probes shutdown overload workers include'.split(
    ' ',
  ),
)

interface File {
  readonly file: string
  readonly data: Record<string, unknown>
}

export async function readWithIncludes(file: string, cache: ParseCache): Promise<Merged> {
  const complaints: Complaint[] = []
  const warnings: Complaint[] = []

  const read = async (path: string): Promise<File | undefined> => {
    const parsed = await cache.read(path)
    complaints.push(...parsed.complaints)
    const { data } = parsed
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) {
      return { file: path, data: data as Record<string, unknown> }
    }
    if (parsed.complaints.length === 0) {
      const message = `found ${showValue(data)}, expected a mapping, such as "listen: 8080"`
      complaints.push({ file: path, line: 1, column: 1, path: '', message })
    }
    return undefined
  }

  const first = await read(file)
  if (!first) return { data: undefined, complaints, warnings, files: [file] }

  const found = await findIncluded(first, complaints, warnings)
  const included = []
  for (const path of found.files) included.push(await read(path))
  const others = included.filter((other) => other !== undefined)

  return {
    data: others.length === 0 ? first.data : merge(first, others, complaints),
    complaints,
    warnings,
    files: [file, ...found.files, ...found.folders],
  }
}

const WILDCARD = /[*?[{]/

async function findIncluded(
  { file, data }: File,
  complaints: Complaint[],
  warnings: Complaint[],
): Promise<{ files: Set<string>; folders: Set<string> }> {
  const files = new Set<string>()
  const folders = new Set<string>()
  const include = memberOf(data, 'include')
  const patterns = Array.isArray(include) ? include : include === undefined ? [] : [include]
  const cwd = dirname(file)

  for (const [index, pattern] of patterns.entries()) {
    // The schema complains of what is no text.
    if (typeof pattern !== 'string') continue
    const matches: string[] = []
    for await (const match of glob(pattern, { cwd })) matches.push(resolve(cwd, match))
    for (const match of matches.toSorted()) if (match !== file) files.add(match)

    const hasWildcard = WILDCARD.test(pattern)
    if (hasWildcard) folders.add(resolve(cwd, folderOf(pattern)))
    if (matches.length > 0) continue
    const place = Array.isArray(include) ? placeOf(include, index) : placeOf(data, 'include')
    const message = `found no file ${JSON.stringify(pattern)}, expected a file to include`
    ;(hasWildcard ? warnings : complaints).push({ ...place, message })
  }
  return { files, folders }
}

/** The folder of a pattern that no wildcard changes. */
function folderOf(pattern: string): string {
  const parts = pattern.split('/')
  const wild = parts.findIndex((part) => WILDCARD.test(part))
  return parts.slice(0, wild).join('/') || '.'
}

function merge(
  first: File,
  others: readonly File[],
  complaints: Complaint[],
): Record<string, unknown> {
  const root = keepOrigin(first.data, { ...first.data })
  const joined = new Map<Key, readonly [object, Key]>()

  for (const { data } of others) {
    for (const [section, value] of Object.entries(data)) {
      if (FIRST_FILE_ONLY.has(section)) {
        const message = `found in an included file, expected in the first file, ${first.file}`
        complaints.push({ ...placeOf(data, section, 'key'), message })
      } else if (Object.hasOwn(root, section)) {
        const holder = joined.get(section)?.[0] ?? first.data
        root[section] = unite(root[section], value, [holder, data], section, complaints)
      } else {
        root[section] = value
        joined.set(section, [data, section])
      }
    }
  }
  for (const key of Object.keys(first.data)) joined.set(key, [first.data, key])
  setJoined(root, joined)
  return root
}

function unite(
  outer: unknown,
  inner: unknown,
  holders: readonly [outer: object, inner: object],
  section: string,
  complaints: Complaint[],
): unknown {
  const joined = new Map<Key, readonly [object, Key]>()
  if (Array.isArray(outer) && Array.isArray(inner)) {
    const list: unknown[] = [...outer, ...inner]
    for (const index of list.keys()) {
      const isOuter = index < outer.length
      const key = isOuter ? index : index - outer.length
      joined.set(index, holderOf(isOuter ? outer : inner, key))
    }
    setJoined(list, joined)
    return list
  }
  if (isMapping(outer) && isMapping(inner)) {
    const map: Record<string, unknown> = { ...outer }
    for (const name of Object.keys(outer)) joined.set(name, holderOf(outer, name))
    for (const [name, value] of Object.entries(inner)) {
      if (Object.hasOwn(map, name)) {
        const [holder, key] = joined.get(name)!
        complaints.push(twice(name, [inner, name], [holder, key]))
        continue
      }
      map[name] = value
      joined.set(name, [inner, name])
    }
    setJoined(map, joined)
    return map
  }
  complaints.push(twice(section, [holders[1], section], [holders[0], section]))
  return outer
}

function twice(
  name: string,
  [holder, key]: readonly [object, Key],
  [firstHolder, firstKey]: readonly [object, Key],
): Complaint {
  const { file, line, column } = placeOf(firstHolder, firstKey, 'key')
  const message = `found ${JSON.stringify(name)} twice, expected it once; it also stands at ${file}:${line}:${column}`
  return { ...placeOf(holder, key, 'key'), message }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
