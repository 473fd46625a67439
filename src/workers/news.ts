/** What every worker knows beside its configuration, and is told of as it changes: targets, and who may call. */

import type { TargetsByService } from '#services/registry'
import type { WorkerHandle } from '#workers/worker-handle'

export class News {
  readonly #readers: ReadonlySet<WorkerHandle>
  /** What all workers that serve know of. */
  #targets: TargetsByService = {}
  #consumers: SharedArrayBuffer | undefined = undefined

  constructor(readers: ReadonlySet<WorkerHandle>) {
    this.#readers = readers
  }

  /** These are all there are, from here on: workers hear of those that changed. */
  setTargets(targets: TargetsByService): void {
    const isNews = ([name, list]: [string, unknown]): boolean =>
      JSON.stringify(list) !== JSON.stringify(this.#targets[name])
    const news = Object.fromEntries(Object.entries(targets).filter(isNews))
    this.#targets = targets
    if (Object.keys(news).length === 0) return
    for (const reader of this.#readers) reader.post({ kind: 'targets', targets: news })
  }

  /** All there are, from here on. False when that is no news. */
  setConsumers(memory: SharedArrayBuffer): boolean {
    if (memory === this.#consumers) return false
    this.#consumers = memory
    for (const reader of this.#readers) reader.post({ kind: 'consumers', memory })
    return true
  }

  /** For one that is new, when its services are there. */
  tell(reader: WorkerHandle): void {
    reader.post({ kind: 'targets', targets: this.#targets })
    if (this.#consumers !== undefined) reader.post({ kind: 'consumers', memory: this.#consumers })
  }
}
