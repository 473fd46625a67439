/** `${env:NAME}`, `${env:NAME:-fallback}` and `${file:path}` -> what they stand for. No value is ever shown. */

import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Complaint, Key } from './complaint.ts'
import { keepOrigin, placeOf, writtenHolderOf } from './origin.ts'
import { codeOf } from './parse-cache.ts'

export interface Resolved {
  readonly data: Record<string, unknown>
  readonly complaints: readonly Complaint[]
  /** The `${file:…}` that were read. */
  readonly files: readonly string[]
  /** Text about what was `written` in some place, without the values: each gives way to its placeholder. */
  readonly redact: (text: string, written?: unknown) => string
  /** Whether a member stands for a value that is not known, and so cannot be judged. */
  readonly isOpen: (piece: object, key: Key) => boolean
}

export type Environment = Readonly<Record<string, string | undefined>>

/** `$${` is the text `${`; a `${` that is none of the known forms is caught by the last branch. */
const PLACEHOLDER =
  /\$\$\{|\$\{(?:env:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?|file:([^}]+))\}|\$\{[^}]*\}?/g

const EXPECTED = '${env:NAME}, ${env:NAME:-fallback}, ${file:path}, or $${ for the text itself'

/** Whether a text is one placeholder and nothing else, and so may stand for a number. */
export function isPlaceholder(text: unknown): boolean {
  return typeof text === 'string' && /^\$\{[^}]*\}$/.test(text)
}

export async function resolveSecrets(
  data: Record<string, unknown>,
  mode: 'resolve' | 'skip',
  environment: Environment,
): Promise<Resolved> {
  const resolver = new Resolver(mode, environment)
  const resolved = (await resolver.replaceIn(data)) as Record<string, unknown>
  return {
    data: resolved,
    complaints: resolver.complaints,
    files: [...resolver.files],
    redact: redactor(resolver.values),
    isOpen: (piece, key) => {
      const [holder, inner] = writtenHolderOf(piece, key)
      return resolver.open.get(holder)?.has(inner) ?? false
    },
  }
}

class Resolver {
  readonly complaints: Complaint[] = []
  readonly files = new Set<string>()
  /** What each placeholder stood for. */
  readonly values = new Map<string, string>()
  /** Members that stayed open, by who holds them. */
  readonly open = new Map<object, Set<Key>>()
  readonly #mode: 'resolve' | 'skip'
  readonly #environment: Environment
  readonly #seen = new Map<object, object>()

  constructor(mode: 'resolve' | 'skip', environment: Environment) {
    this.#mode = mode
    this.#environment = environment
  }

  /** The piece itself when nothing in it stands for something else, so that the cached data stays whole. */
  async replaceIn(piece: object): Promise<object> {
    const known = this.#seen.get(piece)
    if (known) return known
    let copy: Record<Key, unknown> | undefined
    for (const [name, member] of Object.entries(piece) as [string, unknown][]) {
      const replaced = this.#replace(piece, name, member)
      const value = replaced instanceof Promise ? await replaced : replaced
      if (value === member) continue
      copy ??= keepOrigin(
        piece,
        (Array.isArray(piece) ? [...piece] : { ...piece }) as typeof copy & object,
      )
      copy[name] = value
    }
    this.#seen.set(piece, copy ?? piece)
    return copy ?? piece
  }

  #replace(holder: object, name: string, member: unknown): unknown {
    if (typeof member === 'object' && member !== null) return this.replaceIn(member)
    if (typeof member !== 'string' || !member.includes('${')) return member
    return this.#expand(member, holder, Array.isArray(holder) ? Number(name) : name)
  }

  async #expand(text: string, holder: object, key: Key): Promise<string> {
    const pieces: string[] = []
    let end = 0
    for (const match of text.matchAll(PLACEHOLDER)) {
      pieces.push(text.slice(end, match.index))
      const value = await this.#valueOf(match, holder, key)
      if (value === undefined) this.#leaveOpen(holder, key)
      pieces.push(value ?? match[0])
      end = match.index + match[0].length
    }
    return pieces.join('') + text.slice(end)
  }

  /** What a placeholder stands for; undefined when that stays open. */
  async #valueOf(match: RegExpExecArray, holder: object, key: Key): Promise<string | undefined> {
    const [placeholder, name, fallback, path] = match
    if (placeholder === '$${') return '${'
    if (name === undefined && path === undefined) {
      return this.#complain(holder, key, `found ${placeholder}, expected ${EXPECTED}`)
    }
    if (this.#mode === 'skip') return fallback
    const value =
      name === undefined
        ? await this.#readFile(path!, holder, key)
        : this.#readVariable(name, fallback, holder, key)
    if (value !== undefined && value !== fallback) this.values.set(placeholder, value)
    return value
  }

  #readVariable(name: string, fallback: string | undefined, holder: object, key: Key) {
    const value = this.#environment[name]
    if (fallback !== undefined && (value === undefined || value === '')) return fallback
    if (value !== undefined) return value
    return this.#complain(holder, key, `the environment variable ${name} is not set`)
  }

  async #readFile(path: string, holder: object, key: Key): Promise<string | undefined> {
    const file = resolve(dirname(placeOf(holder, key).file), path)
    this.files.add(file)
    try {
      return (await readFile(file, 'utf8')).replace(/\r?\n$/, '')
    } catch (error) {
      return this.#complain(holder, key, `the file ${path} cannot be read (${codeOf(error)})`)
    }
  }

  #leaveOpen(piece: object, key: Key): void {
    const [holder, inner] = writtenHolderOf(piece, key)
    this.open.set(holder, (this.open.get(holder) ?? new Set()).add(inner))
  }

  #complain(holder: object, key: Key, message: string): undefined {
    this.complaints.push({ ...placeOf(holder, key), message })
  }
}

/** A value of fewer characters is hidden only where its placeholder stands: elsewhere it is a word like any other. */
const MIN_TELLING_CHARS = 4

function redactor(values: ReadonlyMap<string, string>): Resolved['redact'] {
  const known = [...values]
    .filter(([, value]) => value !== '')
    // One value may hold another.
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([placeholder, value]) => {
      const pattern = new RegExp(value.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`), 'gi')
      return { placeholder, pattern, isTelling: value.length >= MIN_TELLING_CHARS }
    })
  return (text, written) => {
    let redacted = text
    for (const { placeholder, pattern, isTelling } of known) {
      const stoodHere = typeof written === 'string' && written.includes(placeholder)
      if (isTelling || stoodHere) redacted = redacted.replaceAll(pattern, () => placeholder)
    }
    return redacted
  }
}
