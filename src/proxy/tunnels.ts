/** The tunnels of a worker: each with the little that is needed when it ends, and nothing of the program it began under. */

import { Alarm, type TimerWheel } from '#base/timer-wheel'
import type { Listening } from '#proxy/client-facts'
import type { Program, TunnelPlaces } from '#proxy/program'
import { Fault } from '#sdk/fault'
import type { TunnelTimes } from '#sdk/exchange'
import type { Link } from '#sdk/link'
import type { AccessRecord } from '#telemetry/access-log'
import { AT } from '#telemetry/counters'
import { Tunnel, type TunnelOwner } from '#wire/tunnel/tunnel'

/** What a tunnel keeps of the exchange that it was. */
export interface TunnelRecord {
  readonly listening: Listening
  /** Of the route: see RouteProgram. */
  readonly form: string
  /** One of which is the tunnel's. */
  readonly places: TunnelPlaces | undefined
  readonly times: TunnelTimes
  /** What the log says of it, but for how it ended. */
  readonly line: AccessRecord
}

export class Tunnels {
  readonly #wheel: TimerWheel
  readonly #open: OpenTunnel[] = []
  /** Rings for whoever is to be closed first. */
  readonly #alarm = new Alarm(() => this.#closeDue())
  /** Listeners that are gone, or about to be. */
  readonly #left = new WeakSet<Listening>()

  constructor(wheel: TimerWheel) {
    this.#wheel = wheel
  }

  begin(client: Link, service: Link, record: TunnelRecord): void {
    const open = new OpenTunnel(client, service, record, this.#wheel, (ended) =>
      this.#forget(ended),
    )
    open.index = this.#open.length
    this.#open.push(open)
    open.tunnel.begin()
    if (this.#left.has(record.listening)) open.tunnel.close(new Fault('DRAINING'))
    else this.#judge(open, record.listening.environment.program)
  }

  /** Another program is in force: tunnels of routes that it does not have are closed after a while. */
  reload(program: Program): void {
    for (const open of this.#open) this.#judge(open, program)
  }

  /** The doors of a listener close: what came in by it is to leave. */
  leave(listening: Listening): void {
    this.#left.add(listening)
    for (const { record, tunnel } of this.#open.slice())
      if (record.listening === listening) tunnel.close(new Fault('DRAINING'))
  }

  /** Cuts what is left of a listener's; returns how many that were. */
  cut(listening: Listening): number {
    const left = this.#open.filter(({ record }) => record.listening === listening)
    for (const { tunnel } of left) tunnel.cut(new Fault('DRAINING'))
    return left.length
  }

  #judge(open: OpenTunnel, program: Program): void {
    if (program.forms.has(open.record.form)) open.closeAt = Infinity
    else {
      open.closeAt = Math.min(open.closeAt, this.#wheel.now() + program.drainMs)
      if (open.closeAt < this.#alarm.deadline) this.#wheel.setAt(this.#alarm, open.closeAt)
    }
  }

  #closeDue(): void {
    const now = this.#wheel.now()
    let next = Infinity
    for (const { closeAt, tunnel } of this.#open.slice()) {
      if (closeAt <= now) tunnel.close(new Fault('ROUTE_GONE'))
      else next = Math.min(next, closeAt)
    }
    this.#wheel.setAt(this.#alarm, next)
  }

  #forget(ended: OpenTunnel): void {
    const last = this.#open.pop()!
    if (last === ended) return
    this.#open[ended.index] = last
    last.index = ended.index
  }
}

class OpenTunnel implements TunnelOwner {
  /** Where it stands in the list. */
  index = 0
  /** When its route has been gone for long enough. */
  closeAt = Infinity
  readonly tunnel: Tunnel
  readonly record: TunnelRecord
  readonly #forget: (open: OpenTunnel) => void

  constructor(
    client: Link,
    service: Link,
    record: TunnelRecord,
    wheel: TimerWheel,
    forget: (open: OpenTunnel) => void,
  ) {
    this.record = record
    this.#forget = forget
    this.tunnel = new Tunnel(client, service, record.times, wheel, this)
    record.listening.environment.counters.add(AT.tunnels, 1)
  }

  moved(bytesIn: number, bytesOut: number): void {
    const { counters } = this.record.listening.environment
    counters.add(AT.tunnelBytesIn, bytesIn)
    counters.add(AT.tunnelBytesOut, bytesOut)
  }

  ended({ bytesIn, bytesOut }: Tunnel, fault: Fault | undefined): void {
    const { listening, places, line } = this.record
    const { counters, time, clock, logAccess } = listening.environment
    counters.add(AT.tunnels, -1)
    places?.give()
    this.#forget(this)
    logAccess?.({
      ...line,
      time: time.iso,
      complete: fault === undefined,
      bytesIn,
      bytesOut,
      durationMs: line.durationMs + clock.now() - this.tunnel.startedAt,
      fault: fault?.code ?? '',
    })
  }
}
