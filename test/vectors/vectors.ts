/** Where the published vectors are, and what an adapter reports of them. */

import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

export interface VectorResult {
  readonly file: string
  /** Cases that say something of the gateway. */
  readonly run: number
  readonly held: number
  /** One line for each case that did not hold. */
  readonly fellShort: readonly string[]
  /** Reason and count of the cases that were left out. */
  readonly notApplicable: Readonly<Record<string, number>>
}

const FOLDER = resolve(process.env['VECTORS'] ?? `${import.meta.dirname}/../../../shared/vectors`)

export const vectorFolder = existsSync(FOLDER) ? FOLDER : undefined

export function readVectors(file: string): unknown {
  return JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8'))
}

/** Counts as cases are told to it. */
export class Tally {
  readonly #file: string
  readonly #fellShort: string[] = []
  readonly #notApplicable: Record<string, number> = {}
  #held = 0

  constructor(file: string) {
    this.#file = file
  }

  /** `fault` says how the case fell short; undefined when it held. */
  note(fault: string | undefined): void {
    if (fault === undefined) this.#held++
    else this.#fellShort.push(fault)
  }

  leaveOut(reason: string): void {
    this.#notApplicable[reason] = (this.#notApplicable[reason] ?? 0) + 1
  }

  result(): VectorResult {
    const run = this.#held + this.#fellShort.length
    const fellShort = this.#fellShort
    return {
      file: this.#file,
      run,
      held: this.#held,
      fellShort,
      notApplicable: this.#notApplicable,
    }
  }
}
