/** The numbers a worker keeps: one slab of shared memory each, one writer each, summed by whoever wants to know. */

/** A counter only grows; a gauge goes up and down and must come back to zero. */
export const COUNTERS = {
  requests: 'Requests answered',
  status1xx: 'Replies by status class',
  status2xx: 'Replies by status class',
  status3xx: 'Replies by status class',
  status4xx: 'Replies by status class',
  status5xx: 'Replies by status class',
  incomplete: 'Exchanges that ended before the client had the whole reply',
  bytesIn: 'Bytes of request bodies',
  bytesOut: 'Bytes of reply bodies',
  durationMs: 'Milliseconds that exchanges took, all together',
  connectionsAccepted: 'Client connections accepted',
  handshakesFailed: 'TLS handshakes of clients that failed',
  serviceAttempts: 'Attempts to call a service',
  serviceRetries: 'Attempts that followed one that failed',
  serviceHedges: 'Attempts beside one that was late',
  mirrorAnswered: 'Copies of requests, by what came of them',
  mirrorFailed: 'Copies of requests, by what came of them',
  mirrorFull: 'Copies of requests, by what came of them',
  mirrorTooLarge: 'Copies of requests, by what came of them',
  mirrorDropped: 'Copies of requests, by what came of them',
  loopLagMs: 'Milliseconds that event loops ran late, all together',
  tunnelBytesIn: 'Bytes through WebSocket connections',
  tunnelBytesOut: 'Bytes through WebSocket connections',
  limitsWouldRefuse: 'Requests that a limit in shadow mode would have refused',
  limitStoreFailures: 'Times that a store of limits could not say',
  logLinesDropped: 'Log lines dropped because their writer could not keep up',
} as const

export const GAUGES = {
  exchanges: 'Exchanges in progress',
  tunnels: 'WebSocket connections open',
  connections: 'Client connections open',
  serviceConnections: 'Connections to services open',
  serviceConnectionsIdle: 'Connections to services open and idle',
} as const

/** Upper bounds of the latency histogram, in milliseconds; one bucket more for what is above. */
export const LATENCY_BUCKETS_MS = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000,
] as const

type CounterName = keyof typeof COUNTERS
type GaugeName = keyof typeof GAUGES

const NAMES = [...Object.keys(COUNTERS), ...Object.keys(GAUGES)] as (CounterName | GaugeName)[]

/** Where each number stands in the slab. */
export const AT = Object.fromEntries(NAMES.map((name, at) => [name, at])) as Record<
  CounterName | GaugeName,
  number
>

const LATENCY_AT = NAMES.length
const FAULTS_AT = LATENCY_AT + LATENCY_BUCKETS_MS.length + 1

/** Groups of routes that are counted by themselves: each stage, each version of an API. */
export const MAX_GROUPS = 256
/** Of each group: requests by class of status. */
const GROUP_WORDS = 5

/** `faults`: the codes counted one by one, in a fixed order. */
export class Counters {
  readonly #numbers: Float64Array
  readonly #faults: readonly string[]

  constructor(faults: readonly string[], memory?: SharedArrayBuffer) {
    this.#faults = faults
    this.#numbers = new Float64Array(memory ?? Counters.memory(faults))
  }

  static memory(faults: readonly string[]): SharedArrayBuffer {
    const length = FAULTS_AT + faults.length + MAX_GROUPS * GROUP_WORDS
    return new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT)
  }

  get(at: number): number {
    return this.#numbers[at]!
  }

  add(at: number, amount: number): void {
    this.#numbers[at]! += amount
  }

  /** Every number of another on top of its own. */
  addAll(other: Counters): void {
    for (let at = 0; at < this.#numbers.length; at++) this.#numbers[at]! += other.get(at)
  }

  /** A code beyond 599, which a service may make up, counts as 5xx (RFC 9110 §15); 0, for no reply, as none. */
  addStatus(status: number): void {
    const statusClass = Math.min(Math.floor(status / 100), 5)
    if (statusClass > 0) this.#numbers[AT.status1xx - 1 + statusClass]! += 1
  }

  addDuration(ms: number): void {
    let bucket = 0
    while (bucket < LATENCY_BUCKETS_MS.length && ms > LATENCY_BUCKETS_MS[bucket]!) bucket++
    this.#numbers[LATENCY_AT + bucket]! += 1
    this.#numbers[AT.durationMs]! += ms
  }

  addFault(code: string): void {
    const at = this.#faults.indexOf(code)
    if (at >= 0) this.#numbers[FAULTS_AT + at]! += 1
  }

  /** `group`: from 1. */
  addToGroup(group: number, status: number): void {
    const statusClass = Math.min(Math.floor(status / 100), 5)
    if (statusClass > 0) this.#numbers[this.#atGroup(group, statusClass)]! += 1
  }

  /** Requests of a group with this class of status, 1 to 5. */
  ofGroup(group: number, statusClass: number): number {
    return this.#numbers[this.#atGroup(group, statusClass)]!
  }

  #atGroup(group: number, statusClass: number): number {
    return FAULTS_AT + this.#faults.length + (group - 1) * GROUP_WORDS + statusClass - 1
  }

  latency(bucket: number): number {
    return this.#numbers[LATENCY_AT + bucket]!
  }

  fault(code: string): number {
    return this.#numbers[FAULTS_AT + this.#faults.indexOf(code)]!
  }
}
