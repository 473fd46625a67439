/** Where the published vectors are, and what an adapter reports of them. */

import { existsSync, globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

export interface VectorResult {
  readonly file: string
  /** Cases that say something of the gateway. */
  readonly run: number
  readonly held: number
  /** Reason and count of the cases where something else is so, on purpose. */
  readonly stated: Readonly<Record<string, number>>
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

/** All of a folder, and of those in it. */
export function vectorFiles(folder: string): string[] {
  return globSync(`${folder}/**/*.json`, { cwd: FOLDER }).toSorted()
}

/** Counts as cases are told to it. */
export class Tally {
  readonly #file: string
  readonly #fellShort: string[] = []
  readonly #stated: Record<string, number> = {}
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

  /** The same for a case where something else must be so, and why. */
  noteStated(reason: string, fault: string | undefined): void {
    if (fault === undefined) addOne(this.#stated, reason)
    else this.#fellShort.push(fault)
  }

  leaveOut(reason: string): void {
    addOne(this.#notApplicable, reason)
  }

  result(): VectorResult {
    const run = this.#held + sumOf(this.#stated) + this.#fellShort.length
    const fellShort = this.#fellShort
    return {
      file: this.#file,
      run,
      held: this.#held,
      stated: this.#stated,
      fellShort,
      notApplicable: this.#notApplicable,
    }
  }
}

function addOne(counts: Record<string, number>, reason: string): void {
  counts[reason] = (counts[reason] ?? 0) + 1
}

export function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
