/** A worker thread: the whole data path on one core, alone. It hears from the main thread and waits for nobody. */

import { createHmac } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '#base/clock'
import { TimerWheel } from '#base/timer-wheel'
import { buildProgram } from '#compile/program'
import { KeptStates } from '#compile/kept'
import { LimitNews } from '#compile/limit-news'
import { loadKnown } from '#compile/plugins'
import { ConsumerDirectory } from '#consumers/directory'
import type { Environment, ExchangeFailure } from '#proxy/environment'
import { Overload } from '#proxy/overload'
import type { Program } from '#proxy/program'
import { Tunnels } from '#proxy/tunnels'
import { FAULTS } from '#sdk/fault'
import { ServiceRegistry } from '#services/registry'
import { accessLine } from '#telemetry/access-log'
import { CoarseTime } from '#telemetry/coarse-time'
import { AT, Counters } from '#telemetry/counters'
import { causesOf, errorLine } from '#telemetry/error-log'
import { LineRing } from '#telemetry/line-ring'
import { countedMirrors } from '#workers/counted-mirrors'
import { WorkerErrands } from '#workers/errands'
import { Heartbeat } from '#workers/heartbeat'
import { ListenerSet } from '#workers/listener-set'
import { type FromWorker, generationOf, type ToWorker, type WorkerBirth } from '#workers/messages'

const TICK_MS = 25
const TIME_REFRESH_MS = 100
const BEAT_MS = 100
const TICKET_LOOK_MS = 60_000
const READ_BUFFER_BYTES = 65_536
const MAX_REPLY_HEAD_BYTES = 131_072
const MAX_REPLY_FIELDS = 500

const birth = workerData as WorkerBirth
const port = parentPort!
const tell = (message: FromWorker): void => port.postMessage(message)

const wheel = new TimerWheel(systemClock, TICK_MS)
const time = new CoarseTime(systemClock)
const counters = new Counters(Object.keys(FAULTS), birth.counters)
const heartbeat = new Heartbeat(birth.heartbeat)
const access = new LineRing(birth.access)
const errors = new LineRing(birth.errors)
const pools = {
  wheel,
  readBuffer: Buffer.alloc(READ_BUFFER_BYTES),
  maxHeadBytes: MAX_REPLY_HEAD_BYTES,
  maxFields: MAX_REPLY_FIELDS,
  countConnections(open: number, idle: number) {
    counters.add(AT.serviceConnections, open)
    counters.add(AT.serviceConnectionsIdle, idle)
  },
}
const services = new ServiceRegistry(systemClock, pools, birth)
const mirrors = countedMirrors(counters)
const overload = new Overload(TICK_MS, systemClock.now(), (isShedding) =>
  log.warn(
    isShedding
      ? 'overloaded: requests are shed, those of low priority first'
      : 'no requests are shed any more',
  ),
)
const log = {
  warn: (message: string, fields = {}) => say(errors, errorLine(time.iso, 'warn', message, fields)),
  error: (message: string, fields = {}) =>
    say(errors, errorLine(time.iso, 'error', message, fields)),
}

const kept = new KeptStates()
const limits = new LimitNews(systemClock, log, {
  storeFailed: () => counters.add(AT.limitStoreFailures, 1),
  wouldRefuse: () => counters.add(AT.limitsWouldRefuse, 1),
})
const consumers = new ConsumerDirectory(systemClock)
const errands = new WorkerErrands(tell)
const gateway = createHmac('sha256', birth.processKey).update('gateway').digest('base64url')
const prepared = new Map<number, Program>()
const listeners = new ListenerSet({ workers: birth.workers, ticketSecret: birth.processKey })
let environment: Environment | undefined

function say(ring: LineRing, line: string): void {
  if (!ring.add(line)) counters.add(AT.logLinesDropped, 1)
}

function logFailure({ fault, ...where }: ExchangeFailure): void {
  const { code, kind, stack } = fault
  const fields = {
    ...where,
    fault: code,
    cause: causesOf(fault),
    stack: code === 'INTERNAL' ? stack : undefined,
  }
  // A client's own fault, or its leaving, wakes nobody.
  const level = kind.source === 'client' ? 'warn' : 'error'
  say(errors, errorLine(time.iso, level, kind.title, fields))
}

async function prepare(parcel: Parameters<typeof buildProgram>[0]): Promise<void> {
  const known = await loadKnown(birth.plugins)
  prepared.set(
    parcel.generation,
    await buildProgram(parcel, {
      known,
      clock: systemClock,
      log,
      services,
      mirrors,
      kept,
      limits,
      consumers,
      errands,
      gateway,
      worker: birth.seat,
      workers: birth.workers,
    }),
  )
  tell({ kind: 'prepared', generation: parcel.generation })
}

async function use({
  generation,
  listeners: wanted,
  logsAccess,
}: Extract<ToWorker, { kind: 'use' }>): Promise<void> {
  const program = prepared.get(generation)
  if (program === undefined) throw new Error(`configuration ${generation} was not prepared`)
  prepared.delete(generation)
  const old = environment?.program
  environment ??= {
    clock: systemClock,
    wheel,
    time,
    counters,
    program,
    heartbeat,
    overload,
    tunnels: new Tunnels(wheel),
    logAccess: undefined,
    logFailure,
  }
  environment.program = program
  overload.maxLagMs = program.maxLagMs
  environment.logAccess = logsAccess ? (record) => say(access, accessLine(record)) : undefined
  old?.retire()
  environment.tunnels.reload(program)
  const ports = await listeners.set(wanted, environment)
  tell({ kind: 'using', generation, ports })
}

async function hear(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case 'prepare':
      return prepare(message.parcel)
    case 'use':
      return use(message)
    case 'discard':
      prepared.get(message.generation)?.retire()
      prepared.delete(message.generation)
      return
    case 'targets':
      services.setTargets(message.targets)
      return
    case 'consumers':
      consumers.use(message.memory)
      return
    case 'errandDone':
      errands.done(message)
      return
    case 'drain':
      mirrors.stop()
      listeners.drain()
      return
    case 'close':
      await listeners.close()
      tell({ kind: 'closed' })
      return
    case 'cut':
      tell({ kind: 'cut', exchanges: await listeners.cut() })
  }
}

port.on('message', (message: ToWorker) => {
  hear(message).catch((error: unknown) => {
    tell({ kind: 'refused', generation: generationOf(message), reason: causesOf(error) })
  })
})

wheel.run((now) => counters.add(AT.loopLagMs, overload.look(now)))
time.run(TIME_REFRESH_MS)
setInterval(() => heartbeat.beat(), BEAT_MS)
setInterval(() => listeners.renewTicketKeys(), TICKET_LOOK_MS)
