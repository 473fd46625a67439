/** What the data path of one worker shares: time, counters, log, and the program in force. */

import type { Clock } from '#base/clock'
import type { TimerWheel } from '#base/timer-wheel'
import type { Overload } from '#proxy/overload'
import type { Program } from '#proxy/program'
import type { Tunnels } from '#proxy/tunnels'
import type { Fault } from '#sdk/fault'
import type { AccessRecord } from '#telemetry/access-log'
import type { CoarseTime } from '#telemetry/coarse-time'
import type { Counters } from '#telemetry/counters'

export interface ExchangeFailure {
  readonly requestId: string
  readonly route: string
  readonly stage: string
  readonly method: string
  readonly path: string
  readonly service: string
  readonly target: string
  readonly attempts: number
  readonly status: number
  readonly fault: Fault
}

export interface Environment {
  readonly clock: Clock
  readonly wheel: TimerWheel
  readonly time: CoarseTime
  readonly counters: Counters
  /** What the next request is served under. Assigning it is the whole of a reload. */
  program: Program
  readonly overload: Overload
  readonly tunnels: Tunnels
  /** Told of every route that is about to run, should the thread never come back from it. */
  readonly heartbeat: { route: string }
  /** Undefined when the access log is off. */
  logAccess: ((record: AccessRecord) => void) | undefined
  /** The whole cause of what went wrong, under the same request id. */
  logFailure(failure: ExchangeFailure): void
}
