/** Errands as a worker gives them to the main thread. */

import type { Errand, ErrandAnswer, Errands } from '#sdk/errands'
import type { FromWorker, ToWorker } from '#workers/messages'

interface Waiting {
  readonly resolve: (answer: ErrandAnswer) => void
  readonly reject: (reason: Error) => void
}

export class WorkerErrands implements Errands {
  readonly #tell: (message: FromWorker) => void
  readonly #waiting = new Map<number, Waiting>()
  #last = 0

  constructor(tell: (message: FromWorker) => void) {
    this.#tell = tell
  }

  run(errand: Errand): Promise<ErrandAnswer> {
    return new Promise((resolve, reject) => {
      const id = ++this.#last
      this.#waiting.set(id, { resolve, reject })
      this.#tell({ kind: 'errand', id, errand })
    })
  }

  done({ id, answer, problem = '' }: Extract<ToWorker, { kind: 'errandDone' }>): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (answer === undefined) waiting?.reject(new Error(problem))
    else waiting?.resolve(answer)
  }
}
