/** Where the workers' log lines go: the access log to standard output or a file, the error log to standard error. */

import type { Lines } from '#telemetry/line-batch'
import { type LogQueue, LogWriter } from '#telemetry/log-writer'
import type { AccessLogConfig } from '#config/config'
import { readableAccess } from '#telemetry/readable'

export class LogSink {
  readonly #queue: LogQueue
  readonly #isTerminal: boolean
  readonly #errors: LogWriter
  #access: LogWriter | undefined = undefined
  #config = ''

  constructor(queue: LogQueue, isTerminal: boolean) {
    this.#queue = queue
    this.#isTerminal = isTerminal
    this.#errors = new LogWriter(undefined, 2)
  }

  /** Fails when the file cannot be opened; what was before then stays. */
  configure(config: AccessLogConfig | false): void {
    const key = JSON.stringify(config)
    if (key === this.#config) return
    const writer =
      config === false ? undefined : new LogWriter(config.to === 'file' ? config.file : undefined)
    const old = this.#access
    this.#access = writer
    this.#config = key
    void old?.close()
  }

  access(lines: Lines): void {
    const writer = this.#access
    if (writer === undefined) this.#queue.leave(lines.length)
    else
      writer.write(
        this.#isTerminal && writer.isStandard
          ? readableAccess(
              Buffer.from(lines.buffer, lines.byteOffset, lines.length).toString('latin1'),
            )
          : lines,
        () => this.#queue.leave(lines.length),
      )
  }

  errors(lines: Lines): void {
    this.#errors.write(lines, () => this.#queue.leave(lines.length))
  }

  /** A line of the gateway's own. */
  own(line: string): void {
    this.#errors.write(line)
  }

  reopen(): void {
    this.#access?.reopen()
  }

  async close(): Promise<void> {
    await Promise.all([this.#access?.close(), this.#errors.idle()])
  }
}
