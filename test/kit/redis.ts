/** Real Redis servers on free ports: alone, watched by Sentinels, or as a Cluster. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from './free-port.ts'
import { type Scope, temporaryFolder } from './temporary-folder.ts'
import { until } from './until.ts'

const PROGRAM = [
  '/usr/bin/redis-server',
  '/usr/local/bin/redis-server',
  '/usr/bin/valkey-server',
  '/opt/homebrew/bin/redis-server',
].find((file) => existsSync(file))

/** For `test`: without the program there is nothing to ask. */
export const NEEDS_REDIS = {
  skip: PROGRAM === undefined ? 'redis-server is not installed' : false,
} as const

export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Asks it something, past any gateway: words, and then whatever may hold spaces. */
  ask(words: string, ...more: readonly string[]): Promise<unknown>
  /** It is there, and says nothing. */
  freeze(): void
  thaw(): void
  /** On the same port; resolves when it answers. */
  start(args?: readonly string[]): Promise<void>
  /** At once, and by no farewell. */
  stop(): Promise<void>
}

/** `args`: beside those that make it keep nothing. */
export async function startRedis(t: Scope, args: readonly string[] = []): Promise<RedisServer> {
  return startServer(t, await freePort(), ['--save', '', '--appendonly', 'no'], args)
}

/** One that watches a server, which it calls `main`, and gives up on it soon. */
export async function startSentinel(t: Scope, { port }: RedisServer): Promise<RedisServer> {
  const file = join(await temporaryFolder(t, {}), 'sentinel.conf')
  const lines = [
    `monitor main 127.0.0.1 ${port} 1`,
    'down-after-milliseconds main 300',
    'failover-timeout main 3000',
  ]
  writeFileSync(file, lines.map((line) => `sentinel ${line}\n`).join(''))
  return startServer(t, await freePort(), [file, '--sentinel'], [])
}

async function startServer(
  t: Scope,
  port: number,
  first: readonly string[],
  args: readonly string[],
): Promise<RedisServer> {
  const folder = await temporaryFolder(t, {})
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
  const client = new Redis({
    host: '127.0.0.1',
    port,
    protocol: 2,
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => 20,
  })
  client.on('error', () => {})
  let child: ChildProcess | undefined
  let last = args
  const server: RedisServer = {
    port,
    url: `redis://127.0.0.1:${port}`,
    ask(words, ...more) {
      const [name, ...rest] = words.split(' ')
      return client.call(name!, ...rest, ...more)
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async start(next = last) {
      last = next
      child = spawn(PROGRAM!, [...first, ...own, ...next], { stdio: 'ignore' })
      await until(() => answers(port))
    },
    async stop() {
      const gone = child
      child = undefined
      if (gone === undefined) return
      const exited = once(gone, 'exit')
      gone.kill('SIGKILL')
      await exited
    },
  }
  t.after(async () => {
    client.disconnect()
    await server.stop()
  })
  await server.start()
  return server
}

/** Whatever it says. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.once('data', () => {
      resolve(true)
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
  })
}

/** Nodes that share all slots among them. */
export async function startCluster(t: Scope, count = 3): Promise<readonly RedisServer[]> {
  const nodes: RedisServer[] = []
  for (let n = 0; n < count; n++) nodes.push(await startRedis(t, ['--cluster-enabled', 'yes']))
  const [first] = nodes
  for (const [n, node] of nodes.entries()) {
    const from = Math.floor((16_384 * n) / count)
    const to = Math.floor((16_384 * (n + 1)) / count) - 1
    await node.ask(`CLUSTER ADDSLOTSRANGE ${from} ${to}`)
    if (n > 0) await node.ask(`CLUSTER MEET 127.0.0.1 ${first!.port}`)
  }
  for (const node of nodes)
    await until(async () => {
      const info = String(await node.ask('CLUSTER INFO'))
      return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${count}`)
    }, 15_000)
  return nodes
}
