/** The gateway as a process of its own, as a person starts it; for signals, pipes and hand-overs. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { until } from './until.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')

export interface GatewayProcess {
  readonly child: ChildProcess
  /** All that it said on standard error so far. */
  said(): string
  untilSaid(text: string | RegExp): Promise<void>
  /** Its exit code, once it has ended; null when a signal ended it. */
  readonly exited: Promise<number | null>
}

/** Resolves when it says that it serves. `stdout`: as for `spawn`. */
export async function startProcess(
  t: TestContext,
  configFile: string,
  options: {
    readonly args?: readonly string[]
    readonly nodeArgs?: readonly string[]
    readonly stdout?: 'ignore' | 'pipe' | number
  } = {},
): Promise<GatewayProcess> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=source',
      ...(options.nodeArgs ?? []),
      MAIN,
      'start',
      '--config',
      configFile,
    ].concat(options.args ?? []),
    { stdio: ['ignore', options.stdout ?? 'ignore', 'pipe'] },
  )
  t.after(() => child.kill('SIGKILL'))
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  let said = ''
  let over = false
  child.stderr!.on('data', (piece) => (said += String(piece)))
  void exited.then(() => (over = true))
  const gateway = {
    child,
    exited,
    said: () => said,
    async untilSaid(text: string | RegExp) {
      const isSaid = (): boolean =>
        typeof text === 'string' ? said.includes(text) : text.test(said)
      await until(() => isSaid() || over, 20_000)
      if (!isSaid()) throw new Error(`the gateway ended without saying ${String(text)}:\n${said}`)
    },
  }
  await gateway.untilSaid('listening on')
  return gateway
}
