/** Where the workers' log lines go: the access log to standard output or a file, the error log to standard error. */

import type { AccessLogConfig } from '#config/config'
import type { LineRing, WorkerLog } from '#telemetry/line-ring'
import { LogWriter } from '#telemetry/log-writer'
import { readableAccess } from '#telemetry/readable'

/** How often the rings are looked into: a line is seen this much later at most. */
const LOOK_MS = 100
const LAST_LOOKS_MS = 5
/** A reader that has stopped reading does not keep the gateway from ending. */
const MAX_CLOSE_MS = 2_000

export class LogSink {
  readonly #isTerminal: boolean
  readonly #errors = new LogWriter(undefined, 2)
  readonly #logs = new Set<WorkerLog>()
  /** Those of them that say no more. */
  readonly #ended = new WeakSet<WorkerLog>()
  readonly #look: NodeJS.Timeout
  #access: LogWriter | undefined = undefined
  #config = ''

  constructor(isTerminal: boolean) {
    this.#isTerminal = isTerminal
    this.#look = setInterval(() => this.#takeAll(), LOOK_MS)
    this.#look.unref()
  }

  /** Fails when the file cannot be opened; what was before then stays. */
  configure(config: AccessLogConfig | false): void {
    const key = JSON.stringify(config)
    if (key === this.#config) return
    const writer =
      config === false ? undefined : new LogWriter(config.to === 'file' ? config.file : undefined)
    this.#takeAll() // what was said before belongs to the old one
    const old = this.#access
    this.#access = writer
    this.#config = key
    void old?.close()
  }

  /** A worker began. */
  add(log: WorkerLog): void {
    this.#logs.add(log)
  }

  /** It has ended: what it said last is all it will ever say. */
  remove(log: WorkerLog): void {
    this.#ended.add(log)
  }

  /** A line of the gateway's own. */
  own(line: string): void {
    this.#errors.write([Buffer.from(line)])
  }

  reopen(): void {
    this.#access?.reopen()
  }

  /** True when all is written; false when a reader has not taken it for too long. */
  async close(): Promise<boolean> {
    clearInterval(this.#look)
    const written = this.#takeTheRest()
      .then(() => Promise.all([this.#access?.close(), this.#errors.idle()]))
      .then(() => true)
    const tooLate = new Promise<false>((resolve) => {
      setTimeout(() => resolve(false), MAX_CLOSE_MS).unref()
    })
    const isWritten = await Promise.race([written, tooLate])
    if (!isWritten) for (const writer of [this.#access, this.#errors]) writer?.abandon()
    return isWritten
  }

  async #takeTheRest(): Promise<void> {
    while ([...this.#logs].some((log) => !isEmpty(log))) {
      this.#takeAll()
      await new Promise((resolve) => setTimeout(resolve, LAST_LOOKS_MS))
    }
  }

  #takeAll(): void {
    for (const log of this.#logs) {
      this.#takeFrom(log)
      if (this.#ended.has(log) && isEmpty(log)) this.#logs.delete(log)
    }
  }

  #takeFrom({ access, errors }: WorkerLog): void {
    this.#take(errors, this.#errors)
    this.#take(access, this.#access)
  }

  #take(ring: LineRing, writer: LogWriter | undefined): void {
    const pieces = ring.take()
    if (pieces.length === 0) return
    if (writer === undefined) ring.release()
    else writer.write(this.#shown(pieces, writer), () => ring.release())
  }

  /** On a terminal the access log is for people. */
  #shown(pieces: readonly Buffer[], writer: LogWriter): readonly Buffer[] {
    if (!this.#isTerminal || writer !== this.#access || !writer.isStandard) return pieces
    return [Buffer.from(readableAccess(Buffer.concat(pieces).toString('latin1')))]
  }
}

function isEmpty({ access, errors }: WorkerLog): boolean {
  return access.isEmpty && errors.isEmpty
}
