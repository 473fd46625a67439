/** Files as they were read last, so that a reload parses only what changed. */

import { hash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { importModule } from './module.ts'
import { type Parsed, parseYaml } from './yaml.ts'

interface Entry {
  readonly mtimeMs: number
  readonly size: number
  readonly digest: string
  readonly parsed: Parsed
}

const MODULE_EXTENSIONS = new Set(['.ts', '.mts', '.js', '.mjs'])

export class ParseCache {
  #entries = new Map<string, Entry>()
  #parses = 0

  /** How many files were parsed so far. */
  get parses(): number {
    return this.#parses
  }

  /** The file's data. What is in it is shared with other callers: copy, never change. */
  async read(file: string): Promise<Parsed> {
    try {
      const { mtimeMs, size } = await stat(file)
      const known = this.#entries.get(file)
      if (known?.mtimeMs === mtimeMs && known.size === size) return known.parsed

      const text = await readFile(file, 'utf8')
      const digest = hash('sha256', text)
      const isSame = known?.digest === digest
      const parsed = isSame ? known.parsed : await this.#parse(file, text, digest)
      this.#entries.set(file, { mtimeMs, size, digest, parsed })
      return parsed
    } catch (error) {
      const message = `the file cannot be read (${codeOf(error)})`
      return { data: undefined, complaints: [{ file, line: 1, column: 1, path: '', message }] }
    }
  }

  /** Forgets every file but these. */
  keepOnly(files: Iterable<string>): void {
    const kept = new Set(files)
    for (const file of this.#entries.keys()) if (!kept.has(file)) this.#entries.delete(file)
  }

  async #parse(file: string, text: string, digest: string): Promise<Parsed> {
    this.#parses++
    return MODULE_EXTENSIONS.has(extname(file))
      ? await importModule(file, digest)
      : parseYaml(file, text)
  }
}

/** `ENOENT` and the like. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : String(error)
}
