/** The composition root: the one place that knows every part. */

import { availableParallelism } from 'node:os'
import { systemClock } from '#base/clock'
import { packParcel } from '#compile/parcel'
import { type Checked, type ConfigPlace, ConfigSource } from '#control/config-source'
import type { Complaint } from '#config/complaint'
import type { GatewayConfig } from '#config/config'
import { Admin } from '#control/admin'
import { ErrandRunner } from '#control/errands'
import { LogSink } from '#control/log-sink'
import { PlaceKeeper } from '#control/places'
import { ChosenPorts, refuseTaken } from '#control/ports'
import { lateChanges, refusedBy, ReloadNews, type ReloadOutcome } from '#control/reload-news'
import { Targets } from '#control/targets'
import { causesOf, type ErrorFields, errorLine } from '#telemetry/error-log'
import { Supervisor } from '#workers/supervisor'

export interface GatewayOptions extends ConfigPlace {
  readonly isTerminal: boolean
  /** Another gateway holds the ports, and will be told to leave. */
  readonly takesOver?: boolean
}

export class Gateway {
  readonly #options: GatewayOptions
  readonly #logs: LogSink
  readonly #source: ConfigSource
  readonly #admin: Admin
  #supervisor: Supervisor | undefined = undefined
  #config: GatewayConfig | undefined = undefined
  #warnings: readonly Complaint[] = []
  #applied = ''
  #generation = 0
  #turn: Promise<unknown> = Promise.resolve()
  readonly #ports = new ChosenPorts()
  readonly #targets: Targets
  readonly #errands = new ErrandRunner(systemClock)
  #places: PlaceKeeper | undefined = undefined
  #stopping = false
  readonly #news = new ReloadNews()

  constructor(options: GatewayOptions) {
    this.#options = options
    this.#source = new ConfigSource(options, () => void this.reload())
    this.#logs = new LogSink(options.isTerminal)
    this.#targets = new Targets({
      clock: systemClock,
      onChange: (targets) => this.#supervisor?.news.setTargets(targets),
      say: (level, message, fields) => this.#say(level, message, fields),
    })
    this.#admin = new Admin({
      isReady: () => this.#supervisor!.isReady,
      metrics: () => this.#places!.metrics(this.#supervisor!.counters, this.#generation),
    })
  }

  get config(): GatewayConfig {
    return this.#config!
  }

  get warnings(): readonly Complaint[] {
    return this.#warnings
  }

  get workers(): number {
    const { workers } = this.config
    return process.platform !== 'linux' ? 1 : workers === 'auto' ? availableParallelism() : workers
  }

  /** Ports by listener name. */
  get ports(): Readonly<Record<string, number>> {
    return this.#supervisor!.ports
  }

  get adminPort(): number {
    return this.#admin.port ?? this.config.admin.port
  }

  set onReload(listener: (outcome: ReloadOutcome) => void) {
    this.#news.onNews = listener
  }

  /** Fails with ConfigRefused or PortsTaken; nothing is left running then. */
  async start(): Promise<void> {
    const started = this.#start()
    this.#turn = started.catch(() => {}) // a file that changes meanwhile has to wait
    try {
      await started
    } catch (thrown) {
      this.#stopping = true
      this.#source.close()
      this.#targets.stop()
      this.#admin.close()
      await this.#supervisor?.leave(0)
      throw thrown
    }
  }

  async #start(): Promise<void> {
    const read = await this.#source.read()
    this.#warnings = read.warnings
    const { config } = read
    if (!this.#options.takesOver) await refuseTaken(config.listeners)
    this.#config = config
    this.#logs.configure(config.observe.accessLog)
    const places = (this.#places = new PlaceKeeper(
      this.#targets,
      this.workers,
      config.data,
      (message, cause) => this.#say('warn', message, { cause }),
    ))
    this.#supervisor = new Supervisor({
      workers: this.workers,
      clock: systemClock,
      logs: this.#logs,
      shared: places.shared,
      onErrand: (errand) => this.#errands.run(errand),
      onGone: (seat) => places.workerGone(seat),
      onDeath: (worker, why, lastRoute) =>
        this.#say('error', `worker ${worker} ended: ${why}`, { lastRoute }),
    })
    await this.#apply(read)
    if (this.#options.takesOver)
      void this.#admin.openWhenFree(config, (why) => this.#say('error', why))
    else await this.#admin.open(config)
  }

  /** Takes up what the files say now. Never fails: what is refused is told to `onReload`, and the old configuration stays. */
  reload(): Promise<ReloadOutcome> {
    const outcome = this.#turn.then(() => this.#reload())
    this.#turn = outcome
    return outcome
  }

  reopenLogs(): void {
    try {
      this.#logs.reopen()
    } catch (thrown) {
      this.#say('error', `the log could not be opened anew: ${causesOf(thrown)}`)
    }
  }

  /** Turns unready, waits, closes the doors, lets go on what is in progress; tells how many exchanges were cut. */
  async stop(
    waitMs = this.config.shutdown.wait,
    deadlineMs = this.config.shutdown.deadline,
  ): Promise<{ readonly cut: number; readonly isLogWritten: boolean }> {
    this.#stopping = true
    this.#source.close()
    this.#targets.stop()
    this.#supervisor!.drain()
    await new Promise((resolve) => void setTimeout(resolve, waitMs))
    const cut = await this.#supervisor!.leave(Math.max(0, deadlineMs - waitMs))
    this.#admin.close()
    await this.#places?.close()
    return { cut, isLogWritten: await this.#logs.close() }
  }

  async #reload(): Promise<ReloadOutcome> {
    const outcome = await this.#tryReload()
    if (!this.#stopping) this.#news.tell(outcome)
    return outcome
  }

  async #tryReload(): Promise<ReloadOutcome> {
    if (this.#stopping) return { kind: 'unchanged' }
    try {
      const read = await this.#source.read()
      this.#warnings = read.warnings
      const { config, consumers, code } = read
      const before = this.config
      if (JSON.stringify([config, code]) === this.#applied)
        return this.#supervisor!.news.setConsumers(consumers.memory)
          ? { kind: 'changed', generation: this.#generation, warnings: this.#warnings }
          : { kind: 'unchanged' }
      const open = new Set(before.listeners.map(({ port, host }) => `${host} ${port}`))
      await refuseTaken(config.listeners.filter(({ port, host }) => !open.has(`${host} ${port}`)))
      this.#logs.configure(config.observe.accessLog)
      try {
        await this.#apply(read)
      } catch (refusal) {
        this.#logs.configure(before.observe.accessLog)
        throw refusal
      }
      this.#config = config
      this.#admin.show(config)
      for (const key of lateChanges(before, config))
        this.#say('warn', `${key} changed: takes effect at the next start`)
      return { kind: 'changed', generation: this.#generation, warnings: this.#warnings }
    } catch (thrown) {
      return refusedBy(thrown)
    }
  }

  async #apply({ config, consumers, known, code }: Checked): Promise<void> {
    const places = this.#places!
    try {
      const prepared = await places.prepare(config, known)
      await this.#supervisor!.apply({
        parcel: packParcel(config, prepared, this.#generation + 1),
        targets: prepared.targets,
        consumers: consumers.memory,
        listeners: await this.#ports.of(config.listeners),
        logsAccess: config.observe.accessLog !== false,
        plugins: config.plugins,
        code,
      })
      places.use(config, prepared)
    } catch (refusal) {
      places.stay()
      throw refusal
    } finally {
      this.#ports.release()
    }
    this.#generation++
    this.#applied = JSON.stringify([config, code])
  }

  #say(level: 'info' | 'warn' | 'error', message: string, fields: ErrorFields = {}): void {
    this.#logs.own(errorLine(new Date(systemClock.wall()).toISOString(), level, message, fields))
  }
}
