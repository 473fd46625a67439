/** The place a benchmark works in: a folder of its own and its processes, both gone when it closes. */

import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startChild, type Child } from './child.ts'

const START_MS = 20_000
const SIGNALS = ['SIGINT', 'SIGTERM'] as const

export interface Startup {
  name: string
  argv: readonly string[]
  env?: Record<string, string> | undefined
  cores: string
  /** Asked until it answers 200: only then the program counts as started. */
  url: string
}

export class Testbed {
  readonly folder = mkdtempSync(join(tmpdir(), 'portcullis-bench-'))
  readonly #children: Child[] = []

  readonly #onSignal = (): void => void this.close().finally(() => process.exit(130))

  constructor() {
    for (const signal of SIGNALS) process.once(signal, this.#onSignal)
  }

  /** Rejects with what the program printed when it ends or stays silent instead of answering. */
  async start({ name, argv, env, cores, url }: Startup): Promise<Child> {
    const logFile = join(this.folder, `${name}.out`)
    const child = startChild(argv, { cores, logFile, env })
    this.#children.push(child)
    const deadline = performance.now() + START_MS
    while (!(await answers(url))) {
      const late = performance.now() > deadline
      if (late || child.hasEnded()) throw new Error(`did not start: ${child.printed()}`)
      await wait(50)
    }
    return child
  }

  async close(): Promise<void> {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal)
    await Promise.all(this.#children.map((child) => child.stop()))
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A port of 127.0.0.1 that nobody holds at the moment. */
const given = new Set<number>()

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  if (given.has(port)) return freePort()
  given.add(port)
  return port
}

async function answers(url: string): Promise<boolean> {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(1_000) })
    await reply.arrayBuffer()
    return reply.status === 200 || reply.status === 401 // it may want to know who asks
  } catch {
    return false
  }
}
