/** Tells when one of a set of files has changed: edited in place, replaced, or made anew. */

import { type FSWatcher, watch } from 'node:fs'
import { dirname, join } from 'node:path'

/** Editors write a file in several steps; the last of them counts. */
const SETTLE_MS = 100
/** A folder that never rests, as one with a log in it, puts it off no longer; what else happens there waits for its rest. */
const MAX_SETTLE_MS = 1_000

export class FileWatcher {
  readonly #onChange: () => void
  readonly #watchers = new Map<string, FSWatcher>()
  #timer: NodeJS.Timeout | undefined = undefined
  #files: ReadonlySet<string> = new Set()
  /** When the first change of a file came that was not told yet. */
  #changedAt: number | undefined = undefined

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** Watches the folders of these files, and folders named themselves: a file that is replaced keeps its name alone. */
  watch(files: readonly string[]): void {
    this.#files = new Set(files)
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
      const watcher = watch(path, (_event, name) => this.#changed(path, name))
      watcher.on('error', () => this.#watchers.delete(path))
      this.#watchers.set(path, watcher)
    } catch {
      // It is not there yet, or may not be watched: SIGHUP still reloads.
    }
  }

  #changed(path: string, name: string | null): void {
    const now = performance.now()
    // A link that is set anew names no file of ours: `..data`, where an orchestrator mounts files.
    const isOurs = name === null || name.startsWith('..') || this.#files.has(join(path, name))
    if (isOurs || this.#files.has(path)) this.#changedAt ??= now
    const leftMs = (this.#changedAt ?? now) + MAX_SETTLE_MS - now
    clearTimeout(this.#timer)
    this.#timer = setTimeout(
      () => {
        this.#changedAt = undefined
        this.#onChange()
      },
      Math.min(SETTLE_MS, Math.max(0, leftMs)),
    )
  }
}
