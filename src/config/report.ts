/** Gathers complaints and warnings about pieces of a configuration. */

import type { Complaint, Key } from './complaint.ts'
import { memberOf, placeOf, writtenAt } from './origin.ts'
import { hasPlaceholder } from './secrets.ts'

export class Report {
  readonly complaints: Complaint[] = []
  readonly warnings: Complaint[] = []
  readonly #redact: (text: string, written?: unknown) => string

  constructor(redact: (text: string, written?: unknown) => string) {
    this.#redact = redact
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
    if (key !== undefined && aim === 'value' && hasPlaceholder(memberOf(piece, key))) return
    const written = key === undefined ? undefined : writtenAt(piece, key)
    list.push({ ...placeOf(piece, key, aim), message: this.#redact(message, written) })
  }
}

/** `file:line:column` of what a complaint compares with. */
export function whereIs(piece: object, key?: Key): string {
  const { file, line, column } = placeOf(piece, key, 'key')
  return `${file}:${line}:${column}`
}
