/** Child processes pinned to cores: one that runs to its end, one that runs until it is stopped. */

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync, closeSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { processTree } from './process-cost.ts'

const CORES = availableParallelism()

/** The last core is the gateway's alone; load and origin share the others. */
export const GATEWAY_CORES = String(CORES - 1)
export const LOAD_CORES = CORES <= 2 ? '0' : `0-${CORES - 2}`

const GRACE_MS = 10_000

export interface Child {
  pid: number
  /** What it has printed so far, the last lines of it. */
  printed(): string
  hasEnded(): boolean
  /** Asks it to end, and after a while ends it and all it started. */
  stop(): Promise<void>
}

export function startChild(
  argv: readonly string[],
  {
    cores,
    logFile,
    env,
  }: { cores: string; logFile: string; env?: Record<string, string> | undefined },
): Child {
  // A file, because a pipe that nobody reads would one day stop the process that writes to it.
  const log = openSync(logFile, 'a')
  const child = spawn('taskset', ['-c', cores, ...argv], {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...env },
  })
  closeSync(log)
  const { pid } = child
  if (pid === undefined) throw new Error('taskset (package util-linux) could not be started')
  return {
    pid,
    printed: () => readFileSync(logFile, 'utf8').split('\n').slice(-12).join('\n').trim(),
    hasEnded: () => hasEnded(child),
    stop: () => stop(child, pid),
  }
}

/** Resolves with what it printed; rejects when it ends with another code than 0. */
export async function runToEnd(argv: readonly string[], cores: string): Promise<string> {
  const child = spawn('taskset', ['-c', cores, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  // When the benchmark is interrupted nobody waits here any more.
  const abandon = () => child.kill()
  process.once('exit', abandon)
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (text += part))
  const [code] = (await once(child, 'close')) as [number | null]
  process.off('exit', abandon)
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with code ${code}:\n${text}`)
  return text
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

async function stop(child: ChildProcess, pid: number): Promise<void> {
  if (hasEnded(child)) return
  const tree = processTree(pid)
  const ended = once(child, 'exit')
  const deadline = setTimeout(() => {
    for (const member of tree) kill(member.pid)
  }, GRACE_MS)
  child.kill('SIGTERM')
  await ended
  clearTimeout(deadline)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself meanwhile.
  }
}
