/** A configuration written in TypeScript or JavaScript -> the plain data it exports. */

import { pathToFileURL } from 'node:url'
import { type Complaint, type Key, showPath } from './complaint.ts'
import { type Origin, pathOf, setOrigin, type Source } from './origin.ts'
import type { Parsed } from './yaml.ts'

/** `version` makes a changed file a new module: the module cache never forgets. */
export async function importModule(file: string, version: string): Promise<Parsed> {
  const refuse = (message: string): Parsed => ({
    data: undefined,
    complaints: [{ file, line: 1, column: 1, path: '', message }],
  })
  try {
    const url = `${pathToFileURL(file).href}?version=${version}`
    const loaded = (await import(url)) as Record<string, unknown>
    if (!('default' in loaded)) {
      return refuse('found no default export, expected `export default defineConfig({ … })`')
    }
    return plainData(file, loaded.default)
  } catch (error) {
    return refuse(`the file could not be evaluated: ${String(error)}`)
  }
}

const MAX_DEPTH = 200

/** A copy of what was exported, and a complaint about everything in it that JSON could not say. */
function plainData(file: string, exported: unknown): Parsed {
  const source: Source = { file, positionOf: () => ({ line: 1, column: 1 }) }
  const complaints: Complaint[] = []

  const copy = (
    value: unknown,
    parent: Origin | undefined,
    key: Key | undefined,
    depth: number,
  ) => {
    const found = depth > MAX_DEPTH ? 'data without an end' : foreignKind(value)
    if (found !== undefined) {
      const path = parent === undefined || key === undefined ? [] : [...pathOf(parent), key]
      const message = `found ${found}, expected plain data`
      complaints.push({ file, line: 1, column: 1, path: showPath(path), message })
      return undefined
    }
    if (typeof value !== 'object' || value === null) return value
    return copyMembers(value, parent, key, depth)
  }

  const copyMembers = (
    members: object,
    parent: Origin | undefined,
    key: Key | undefined,
    depth: number,
  ): object => {
    const written: object = Array.isArray(members) ? [] : {}
    const origin: Origin = { source, written, parent, key, at: 0, keysAt: {}, valuesAt: {} }
    setOrigin(written, origin)
    for (const [name, member] of Object.entries(members)) {
      // A member that is undefined is one that was left out.
      if (member === undefined && !Array.isArray(members)) continue
      const step = Array.isArray(members) ? Number(name) : name
      const copied = copy(member, origin, step, depth + 1)
      if (step !== '__proto__') (written as Record<Key, unknown>)[step] = copied
    }
    return written
  }

  return { data: copy(exported, undefined, undefined, 0), complaints }
}

function foreignKind(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined
    case 'number':
      return Number.isFinite(value) ? undefined : String(value)
    case 'object': {
      if (value === null || Array.isArray(value)) return undefined
      const prototype: unknown = Object.getPrototypeOf(value)
      if (prototype === null || prototype === Object.prototype) return undefined
      const { name } = (prototype as { constructor?: { name?: string } }).constructor ?? {}
      return name === 'Promise' ? 'a promise' : `an instance of ${name ?? 'a class'}`
    }
    case 'undefined':
      return 'nothing'
    case 'function':
      return 'a function'
    case 'bigint':
    case 'symbol':
      return `a ${typeof value}`
  }
}
