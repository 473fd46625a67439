/** Gathers complaints and warnings about pieces of a configuration. */

import { type Complaint, formatComplaint, type Key } from './complaint.ts'
import { placeOf, writtenAt } from './origin.ts'
import type { Resolved } from './secrets.ts'

export class Report {
  readonly complaints: Complaint[] = []
  readonly warnings: Complaint[] = []
  readonly #resolved: Resolved
  readonly #said = new Set<string>()

  constructor(resolved: Resolved) {
    this.#resolved = resolved
  }

  /** About a member of a piece, or, without `key`, about the piece itself. */
  complain(piece: object, key: Key | undefined, message: string, aim?: 'key' | 'value'): void {
    this.#add(this.complaints, piece, key, message, aim)
  }

  warn(piece: object, key: Key | undefined, message: string, aim?: 'key' | 'value'): void {
    this.#add(this.warnings, piece, key, message, aim)
  }

  #add(
    list: Complaint[],
    piece: object,
    key: Key | undefined,
    message: string,
    aim: 'key' | 'value' = 'value',
  ): void {
    // What stands for a value that is not known cannot be judged.
    if (key !== undefined && aim === 'value' && this.#resolved.isOpen(piece, key)) return
    const written = key === undefined ? undefined : writtenAt(piece, key)
    const complaint = {
      ...placeOf(piece, key, aim),
      message: this.#resolved.redact(message, written),
    }
    // What stands in every stage is wrong in every stage, and said once.
    const words = formatComplaint(complaint)
    if (this.#said.has(words)) return
    this.#said.add(words)
    list.push(complaint)
  }
}

/** `file:line:column` of what a complaint compares with. */
export function whereIs(piece: object, key?: Key): string {
  const { file, line, column } = placeOf(piece, key, 'key')
  return `${file}:${line}:${column}`
}
