/** A worker thread: the whole data path on one core, alone. It hears from the main thread and waits for nobody. */

import { parentPort, workerData } from 'node:worker_threads'
import { Networks } from '#base/address'
import { systemClock } from '#base/clock'
import { TimerWheel } from '#base/timer-wheel'
import { buildProgram } from '#compile/program'
import { loadKnown } from '#compile/plugins'
import type { ListenerConfig } from '#config/config'
import type { Environment, ExchangeFailure } from '#proxy/environment'
import { Listener } from '#proxy/listener'
import type { Program } from '#proxy/program'
import { FAULTS } from '#sdk/fault'
import { ServiceRegistry } from '#services/registry'
import { accessLine } from '#telemetry/access-log'
import { CoarseTime } from '#telemetry/coarse-time'
import { AT, Counters } from '#telemetry/counters'
import { causesOf, errorLine } from '#telemetry/error-log'
import { LineBatch, type Lines } from '#telemetry/line-batch'
import { LogQueue, MAX_QUEUED_LOG_BYTES } from '#telemetry/log-writer'
import { Heartbeat } from '#workers/heartbeat'
import type { FromWorker, ToWorker, WorkerBirth } from '#workers/messages'

const TICK_MS = 25
const TIME_REFRESH_MS = 100
const LOG_FLUSH_MS = 200
const BEAT_MS = 100
const READ_BUFFER_BYTES = 65_536
const MAX_REPLY_HEAD_BYTES = 131_072
const MAX_REPLY_FIELDS = 500

const birth = workerData as WorkerBirth
const port = parentPort!
const say = (message: FromWorker): void => port.postMessage(message)

const wheel = new TimerWheel(systemClock, TICK_MS)
const time = new CoarseTime(systemClock)
const counters = new Counters(Object.keys(FAULTS), birth.counters)
const heartbeat = new Heartbeat(birth.heartbeat)
const queue = new LogQueue(MAX_QUEUED_LOG_BYTES, birth.logQueue)
const dropped = (lines: number): void => counters.add(AT.logLinesDropped, lines)
const access = new LineBatch((lines) => send('access', lines), dropped)
const errors = new LineBatch((lines) => send('errors', lines), dropped)
const services = new ServiceRegistry(systemClock, {
  wheel,
  readBuffer: Buffer.alloc(READ_BUFFER_BYTES),
  maxHeadBytes: MAX_REPLY_HEAD_BYTES,
  maxFields: MAX_REPLY_FIELDS,
  countConnections(open, idle) {
    counters.add(AT.serviceConnections, open)
    counters.add(AT.serviceConnectionsIdle, idle)
  },
})
const log = {
  warn: (message: string, fields = {}) => errors.add(errorLine(time.iso, 'warn', message, fields)),
  error: (message: string, fields = {}) =>
    errors.add(errorLine(time.iso, 'error', message, fields)),
}

const prepared = new Map<number, Program>()
const listeners = new Map<string, Listener>()
let environment: Environment | undefined
let draining = false

function send(kind: 'access' | 'errors', lines: Lines): boolean {
  if (!queue.enter(lines.length)) return false
  port.postMessage({ kind, lines } satisfies FromWorker, [lines.buffer])
  return true
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
  errors.add(errorLine(time.iso, kind.source === 'client' ? 'warn' : 'error', kind.title, fields))
}

async function prepare(parcel: Parameters<typeof buildProgram>[0]): Promise<void> {
  const known = await loadKnown(birth.plugins)
  prepared.set(
    parcel.generation,
    await buildProgram(parcel, { known, clock: systemClock, log, services }),
  )
  say({ kind: 'prepared', generation: parcel.generation })
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
    logAccess: undefined,
    logFailure,
  }
  environment.program = program
  environment.logAccess = logsAccess ? (record) => access.add(accessLine(record)) : undefined
  old?.retire()
  const ports = await setListeners(wanted, environment)
  say({ kind: 'using', generation, ports })
}

/** Opens the ports that were added, and closes those that are gone; the others are not touched. */
async function setListeners(
  wanted: readonly ListenerConfig[],
  shared: Environment,
): Promise<Record<string, number>> {
  const ports: Record<string, number> = {}
  const keys = new Set(wanted.map((config) => JSON.stringify(config)))
  for (const [key, listener] of listeners) {
    if (keys.has(key)) continue
    listeners.delete(key)
    listener.drain()
    void listener.close()
  }
  for (const config of wanted) {
    const key = JSON.stringify(config)
    let listener = listeners.get(key)
    if (listener === undefined) {
      listener = open(config, shared)
      listeners.set(key, listener)
      await listener.listen()
      if (draining) listener.drain()
    }
    ports[config.name] = listener.port
  }
  return ports
}

function open(config: ListenerConfig, shared: Environment): Listener {
  const { limits } = config
  return new Listener({
    environment: shared,
    name: config.name,
    scheme: 'http',
    host: config.host,
    port: config.port,
    publicPort: config.publicPort,
    trusted: new Networks(config.trustedProxies),
    answersHalfClosed: false,
    reusePort: process.platform === 'linux',
    maxConnections: limits.connections,
    limits: {
      headerBytes: limits.headers,
      targetBytes: limits.target,
      fields: limits.fields,
      headerTimeoutMs: limits.headerTimeout,
      idleTimeoutMs: limits.idleTimeout,
      bodyTimeoutMs: 60_000,
    },
  })
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
    case 'drain':
      draining = true
      for (const listener of listeners.values()) listener.drain()
      return
    case 'close':
      await Promise.all([...listeners.values()].map((listener) => listener.close()))
      flush()
      say({ kind: 'closed' })
      return
    case 'cut': {
      let exchanges = 0
      for (const listener of listeners.values()) exchanges += listener.cut()
      flush()
      say({ kind: 'cut', exchanges })
      return
    }
  }
}

function flush(): void {
  access.flush()
  errors.flush()
}

port.on('message', (message: ToWorker) => {
  hear(message).catch((error: unknown) => {
    const generation =
      message.kind === 'prepare'
        ? message.parcel.generation
        : 'generation' in message
          ? message.generation
          : 0
    say({ kind: 'refused', generation, reason: causesOf(error) })
  })
})

wheel.run()
time.run(TIME_REFRESH_MS)
access.run(LOG_FLUSH_MS)
errors.run(LOG_FLUSH_MS)
setInterval(() => heartbeat.beat(), BEAT_MS)
