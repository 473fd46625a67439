/** Tells when one of a set of files has changed: edited in place, replaced, or made anew. */

import { type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'

/** Editors write a file in several steps; the last of them counts. */
const SETTLE_MS = 100
/** A folder that never rests, as one with a log in it, puts it off no longer. */
const MAX_SETTLE_MS = 1_000

export class FileWatcher {
  readonly #onChange: () => void
  readonly #watchers = new Map<string, FSWatcher>()
  #timer: NodeJS.Timeout | undefined = undefined
  /** When the first change came that was not told yet. */
  #changedAt: number | undefined = undefined

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** Watches the folders of these files, and folders named themselves: a file that is replaced keeps its name alone. */
  watch(files: readonly string[]): void {
    const folders = new Set(files.flatMap((file) => [dirname(file), file]))
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue
      watcher.close()
      this.#watchers.delete(folder)
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#watchOne(folder)
  }

  close(): void {
    clearTimeout(this.#timer)
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  #watchOne(path: string): void {
    try {
      const watcher = watch(path, () => this.#changed())
      watcher.on('error', () => this.#watchers.delete(path))
      this.#watchers.set(path, watcher)
    } catch {
      // It is not there yet, or may not be watched: SIGHUP still reloads.
    }
  }

  #changed(): void {
    clearTimeout(this.#timer)
    const now = performance.now()
    this.#changedAt ??= now
    const waitMs = Math.min(SETTLE_MS, Math.max(0, this.#changedAt + MAX_SETTLE_MS - now))
    this.#timer = setTimeout(() => {
      this.#changedAt = undefined
      this.#onChange()
    }, waitMs)
  }
}
