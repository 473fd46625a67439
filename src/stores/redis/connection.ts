/** The door to Redis: one server, the master that Sentinels name, or a Cluster; connected again whenever it is lost. */

import { createRequire } from 'node:module'
import type * as Ioredis from 'ioredis'
import type { Cluster, Redis, RedisOptions as ServerOptions } from 'ioredis'
import type { RedisOptions } from './options.ts'
import { CONSUME } from './script.ts'

export type Commands = Pick<Redis, 'evalsha' | 'eval' | 'getBuffer' | 'set' | 'del'>

export interface Connection {
  isReady(): boolean
  /** What is asked in one turn leaves in one write. */
  commands(): Commands
  /** Settled when it is ready, or known not to be for now. */
  readonly opened: Promise<void>
  close(): void
}

const FIRST_RETRY_MS = 50
const LONGEST_RETRY_MS = 1_000
const CONNECT_MS = 2_000
/** A connection on which nothing comes for so long while something is owed is dead. */
const SILENT_MS = 2_000
/** A program waits so long for what it has never seen. */
const OPENED_MS = 1_000
/** A Cluster is asked so often who holds what. */
const SLOTS_MS = 5_000

/** Costs nothing where no store is Redis. */
function load(): typeof Ioredis {
  return createRequire(import.meta.url)('ioredis') as typeof Ioredis
}

export function connect(options: RedisOptions): Connection {
  const client = open(options)
  const nodes = (): Redis[] => ('nodes' in client ? client.nodes('master') : [client])
  const opened = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, OPENED_MS)
    const settle = (): void => {
      clearTimeout(timer)
      resolve()
    }
    client.on('ready', () => {
      // So that the first group, too, is one round trip.
      void Promise.allSettled(nodes().map((node) => node.script('LOAD', CONSUME))).then(settle)
    })
    client.on('close', settle)
    client.on('end', settle)
  })
  client.on('error', () => {}) // whoever asks finds out
  let isCorked = false
  return {
    opened,
    isReady: () => client.status === 'ready',
    commands() {
      if (isCorked) return client
      isCorked = true
      const streams = nodes().flatMap(({ stream }) => stream ?? [])
      for (const stream of streams) stream.cork()
      setImmediate(() => {
        isCorked = false
        for (const stream of streams) stream.uncork()
      })
      return client
    },
    close() {
      client.disconnect()
    },
  }
}

function open(options: RedisOptions): Redis | Cluster {
  const { Redis, Cluster } = load()
  const { url, sentinel, cluster } = options
  const auth = {
    username: options.username ?? url?.username,
    password: options.password ?? url?.password,
  }
  const tls = tlsOf(options)
  const settings = {
    ...auth,
    tls,
    protocol: 2 as const,
    disableClientInfo: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_MS,
    socketTimeout: SILENT_MS,
    maxLoadingRetryTime: LONGEST_RETRY_MS,
    retryStrategy: retryAfter,
    // A master that became a replica: another is the master now.
    reconnectOnError: ({ message }: Error) => message.startsWith('READONLY'),
  } satisfies ServerOptions
  if (cluster !== undefined)
    return new Cluster([...cluster], {
      redisOptions: settings,
      enableOfflineQueue: false,
      slotsRefreshInterval: SLOTS_MS,
      slotsRefreshTimeout: CONNECT_MS,
      clusterRetryStrategy: retryAfter,
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
    })
  if (sentinel !== undefined)
    return new Redis({
      ...settings,
      sentinels: [...sentinel.nodes],
      name: sentinel.name,
      sentinelPassword: sentinel.password,
      sentinelRetryStrategy: retryAfter,
      sentinelTLS: tls,
      enableTLSForSentinelMode: tls !== undefined,
      failoverDetector: true,
    })
  return new Redis({ ...settings, host: url!.host, port: url!.port, db: url!.database })
}

function tlsOf({ url, tls }: RedisOptions): ServerOptions['tls'] {
  if (tls === undefined) return url?.isTls === true ? {} : undefined
  return tls === true ? {} : { ca: tls.ca, servername: tls.serverName }
}

function retryAfter(times: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** Math.min(times - 1, 8), LONGEST_RETRY_MS)
}
