/** The servers of the service under chaos, and what is done to the first of them. */

import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { freePort } from '../load/testbed.ts'
import type { Arrivals, Mood } from './target.ts'

const PROGRAM = join(import.meta.dirname, 'target.ts')

export class Server {
  readonly port: number
  /** When clients sent the requests that reached it. */
  readonly sentAt: number[] = []
  #child: ChildProcess | undefined = undefined

  constructor(port: number) {
    this.port = port
  }

  /** Resolves when it listens. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      const child = fork(PROGRAM, [String(this.port)], { stdio: 'inherit' })
      child.on('message', (told: 'listening' | Arrivals) => {
        if (told === 'listening') resolve()
        else this.sentAt.push(...told.sentAt)
      })
      this.#child = child
    })
  }

  be(mood: Mood): void {
    this.#child?.send(mood)
  }

  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal)
  }
}

export interface Trouble {
  readonly name: string
  begin(victim: Server): void
  /** Resolves when it is well again. */
  end(victim: Server): Promise<void>
}

const inMood = (name: string, mood: Mood): Trouble => ({
  name,
  begin: (victim) => victim.be(mood),
  end: (victim) => Promise.resolve(victim.be('well')),
})

export const TROUBLES: readonly Trouble[] = [
  {
    name: 'killed',
    begin: (victim) => victim.signal('SIGKILL'),
    end: (victim) => victim.start(),
  },
  {
    name: 'hung', // its kernel takes connections, and nobody answers
    begin: (victim) => victim.signal('SIGSTOP'),
    end: (victim) => Promise.resolve(victim.signal('SIGCONT')),
  },
  inMood('answers 500', 'failing'),
  inMood('slow (800 ms)', 'slow'),
]

export async function startServers(count: number): Promise<readonly Server[]> {
  const servers: Server[] = []
  for (let n = 0; n < count; n++) servers.push(new Server(await freePort()))
  await Promise.all(servers.map((server) => server.start()))
  return servers
}

export function stopServers(servers: readonly Server[]): void {
  for (const server of servers) server.signal('SIGKILL')
}
