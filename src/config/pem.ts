/** Settings that hold PEM: a path, relative to the file that names it, or the text itself. */

import { readFile } from 'node:fs/promises'
import type { Key } from './complaint.ts'
import { resolveFrom } from './files.ts'
import { checkNoLiteral } from './literal-secrets.ts'
import { memberOf } from './origin.ts'
import { codeOf } from './parse-cache.ts'
import type { Report } from './report.ts'

export class PemReader {
  readonly #report: Report
  readonly #files: Set<string>
  readonly #mayLack: boolean

  /** `files` gets every path, to be watched. `mayLack`: a file that is not there is nothing to complain of. */
  constructor(report: Report, files: Set<string>, mayLack: boolean) {
    this.#mayLack = mayLack
    this.#report = report
    this.#files = files
  }

  /** The text of one member; undefined when there is none to be had, which was said. */
  async read(piece: object, key: Key): Promise<string | undefined> {
    const value = memberOf(piece, key)
    if (typeof value !== 'string') return undefined
    if (value.includes('-----BEGIN ')) {
      if (value.includes('PRIVATE KEY-----')) checkNoLiteral(piece, key, this.#report)
      return value
    }
    const file = resolveFrom(piece, key, value)
    this.#files.add(file)
    try {
      return await readFile(file, 'utf8')
    } catch (error) {
      if (this.#mayLack && codeOf(error) === 'ENOENT') return undefined
      const message = `the file ${JSON.stringify(value)} cannot be read (${codeOf(error)})`
      this.#report.complain(piece, key, message)
      return undefined
    }
  }

  /** Of a member that holds one or a list. Those that cannot be had are left out. */
  async readAll(piece: object, key: Key): Promise<{ text: string; piece: object; key: Key }[]> {
    const value = memberOf(piece, key)
    const places = Array.isArray(value)
      ? [...value.keys()].map((index) => ({ piece: value as object, key: index as Key }))
      : [{ piece, key }]
    const texts = await Promise.all(places.map((place) => this.read(place.piece, place.key)))
    return texts.flatMap((text, n) => (text === undefined ? [] : [{ ...places[n]!, text }]))
  }
}

/** Which file it is about, if it is a file. */
export function whence(piece: object, key: string | number): string {
  const value = String(memberOf(piece, key))
  return value.includes('-----BEGIN ') ? '' : `in ${value} `
}
