/** One worker, as the main thread sees it. */

import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Parcel } from '#compile/parcel'
import { FAULTS } from '#sdk/fault'
import type { Errand, ErrandAnswer } from '#sdk/errands'
import type { SharedWithWorkers } from '#services/call-states'
import { Counters } from '#telemetry/counters'
import { LineRing, type WorkerLog } from '#telemetry/line-ring'
import { Heartbeat } from '#workers/heartbeat'
import { type FromWorker, generationOf, type ToWorker, type WorkerBirth } from '#workers/messages'
import type { Orders } from '#workers/supervisor'

type Answer = FromWorker['kind']

interface Waiting {
  readonly kind: Answer
  /** Of the configuration that is asked about. */
  readonly generation: number | undefined
  readonly resolve: (message: FromWorker | undefined) => void
  readonly reject: (reason: Error) => void
}

/**
 * Small, so that collecting it is short even when all of it lives, as while a configuration is built (npm run
 * bench:reload); requests cost the same with 4 times as much.
 */
const YOUNG_MB = 12

/** What waits for the one writer, at most: some seconds of a busy worker, so that reading a large configuration loses no line. */
const ACCESS_RING_BYTES = 16_777_216
const ERROR_RING_BYTES = 1_048_576

const THREAD_FILE = fileURLToPath(new URL(`./thread${extname(import.meta.url)}`, import.meta.url))

/** Of the process's own flags those that a thread needs: where sources are found, and whether it is profiled. */
const execArgv = process.execArgv.filter((flag) =>
  /^--(?:conditions=|cpu-prof(?:-dir=|$))/.test(flag),
)

export class WorkerHandle {
  readonly index: number
  readonly seat: number
  readonly counters: Counters
  readonly heartbeat = new Heartbeat()
  readonly log: WorkerLog = {
    access: new LineRing(LineRing.memory(ACCESS_RING_BYTES)),
    errors: new LineRing(LineRing.memory(ERROR_RING_BYTES)),
  }
  ports: Readonly<Record<string, number>> = {}
  using = false
  readonly #worker: Worker
  readonly #waiting: Waiting[] = []
  readonly #onErrand: (errand: Errand) => Promise<ErrandAnswer>
  #why = ''
  #beatsSeen = -1
  #silent = 0
  #exited = false

  constructor(
    index: number,
    workers: number,
    shared: SharedWithWorkers,
    plugins: readonly string[],
    onErrand: (errand: Errand) => Promise<ErrandAnswer>,
    onExit: (why: string) => void,
  ) {
    this.#onErrand = onErrand
    this.index = index
    this.seat = shared.seat
    const faults = Object.keys(FAULTS)
    const memory = Counters.memory(faults)
    this.counters = new Counters(faults, memory)
    const workerData: WorkerBirth = {
      index,
      workers,
      ...shared,
      counters: memory,
      heartbeat: this.heartbeat.memory,
      access: this.log.access.memory,
      errors: this.log.errors.memory,
      plugins,
    }
    this.#worker = new Worker(THREAD_FILE, {
      workerData,
      execArgv,
      name: `portcullis-${index}`,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    })
    this.#worker.on('message', (message: FromWorker) => this.#hear(message))
    this.#worker.on(
      'error',
      (error) =>
        (this.#why = error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
    )
    this.#worker.on('exit', (code) => {
      if (this.#why === '') this.#why = `it ended with code ${code}`
      this.#exited = true
      this.using = false
      for (const { resolve, reject, kind } of this.#waiting.splice(0)) {
        if (kind === 'closed' || kind === 'cut') resolve(undefined)
        else reject(new Error(`worker ${index} ended: ${this.#why}`))
      }
      onExit(this.#why)
    })
  }

  post(message: ToWorker): void {
    this.#worker.postMessage(message) // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread, not a window
  }

  /** Rejects when it refuses or ends; `undefined` when it ended while it was leaving anyway. */
  ask(message: ToWorker, kind: Answer): Promise<FromWorker | undefined> {
    if (this.#exited) return Promise.resolve(undefined)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ kind, generation: generationOf(message), resolve, reject })
      this.post(message)
    })
  }

  async prepare(parcel: Parcel): Promise<void> {
    await this.ask({ kind: 'prepare', parcel }, 'prepared')
  }

  async use({ parcel: { generation }, listeners, logsAccess }: Orders): Promise<void> {
    const using = await this.ask({ kind: 'use', generation, listeners, logsAccess }, 'using')
    if (using?.kind === 'using') this.ports = using.ports
    this.using = true
  }

  discard(generation: number): void {
    if (!this.#exited) this.post({ kind: 'discard', generation })
  }

  /** How many looks in a row have found no new beat. */
  silentLooks(): number {
    const { beats } = this.heartbeat
    this.#silent = beats === this.#beatsSeen || beats === 0 ? this.#silent + 1 : 0
    this.#beatsSeen = beats
    return this.#silent
  }

  kill(why: string): void {
    this.#why = why
    void this.#worker.terminate()
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  async #run(id: number, errand: Errand): Promise<void> {
    try {
      this.post({ kind: 'errandDone', id, answer: await this.#onErrand(errand) })
    } catch (error) {
      this.post({ kind: 'errandDone', id, problem: error instanceof Error ? error.message : '' })
    }
  }

  #hear(message: FromWorker): void {
    if (message.kind === 'errand') {
      void this.#run(message.id, message.errand)
      return
    }
    const generation = generationOf(message)
    const at = this.#waiting.findIndex(
      (waiting) =>
        waiting.generation === generation &&
        (message.kind === 'refused' || waiting.kind === message.kind),
    )
    if (at < 0) return
    const { resolve, reject } = this.#waiting.splice(at, 1)[0]!
    if (message.kind === 'refused') reject(new Error(message.reason))
    else resolve(message)
  }
}
