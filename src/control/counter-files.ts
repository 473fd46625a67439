/** Counters of long limits, kept in the data folder over restarts: written every few seconds, and at the end. */

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '#base/clock'
import { causesOf } from '#telemetry/error-log'

/** What is lost when the process dies. */
const SAVE_MS = 5_000

/** A store's memory, and how its lasting part is read and written; see sdk/store. */
export interface Lasting {
  readonly name: string
  save(now: number): Uint8Array
}

export class CounterFiles {
  readonly #clock: Pick<Clock, 'wall'>
  readonly #stores: () => readonly Lasting[]
  readonly #tell: (message: string, cause: string) => void
  readonly #written = new Map<string, Uint8Array>()
  #folder: string
  #timer: NodeJS.Timeout | undefined = undefined
  #turn: Promise<void> = Promise.resolve()
  #isBroken = false

  /** `tell`: of a folder that cannot be written, once until it can. */
  constructor(
    folder: string,
    clock: Pick<Clock, 'wall'>,
    stores: () => readonly Lasting[],
    tell: (message: string, cause: string) => void,
  ) {
    this.#folder = folder
    this.#clock = clock
    this.#stores = stores
    this.#tell = tell
  }

  /** Undefined when there is nothing, or nothing that can be read. */
  async read(name: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.#fileOf(name))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#tell('counters of before cannot be read: limits begin anew', causesOf(error))
      return undefined
    }
  }

  /** Saves every few seconds, from here on. */
  run(): void {
    this.#timer = setInterval(() => void this.save(), SAVE_MS).unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.save()
  }

  /** What has not changed is not written again, and nothing at all while there is nothing. */
  save(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#save())
    return this.#turn
  }

  async #save(): Promise<void> {
    for (const store of this.#stores()) {
      const bytes = store.save(this.#clock.wall())
      const before = this.#written.get(store.name)
      const isNews = before === undefined ? bytes.length > 0 : !Buffer.from(bytes).equals(before)
      if (!isNews) continue
      try {
        await mkdir(this.#folder, { recursive: true })
        const file = this.#fileOf(store.name)
        await writeFile(`${file}.new`, bytes, { mode: 0o600 })
        await rename(`${file}.new`, file)
        this.#written.set(store.name, bytes)
        this.#isBroken = false
      } catch (error) {
        if (!this.#isBroken)
          this.#tell('counters cannot be written: limits begin anew at a restart', causesOf(error))
        this.#isBroken = true
      }
    }
  }

  #fileOf(store: string): string {
    return join(this.#folder, `counters-${store}.bin`)
  }
}
