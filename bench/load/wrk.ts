/** The load: runs wrk against one address and reads what it printed. */

import { LOAD_CORES, runToEnd } from './child.ts'

export interface WrkReport {
  requests: number
  requestsPerSecond: number
  p50Ms: number
  p99Ms: number
  /** What the row must not hide: socket errors and answers that are not 2xx; empty when all is well. */
  failures: string[]
}

export interface Load {
  url: string
  connections: number
  seconds: number
  /** A wrk script that shapes the request. */
  scriptFile?: string | undefined
  /** What every request shows. */
  token?: string | undefined
}

const UNIT_MS: Record<string, number> = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

export async function runWrk(load: Load): Promise<WrkReport> {
  const script = load.scriptFile === undefined ? [] : ['-s', load.scriptFile]
  const shown = load.token === undefined ? [] : ['-H', `Authorization: Bearer ${load.token}`]
  const shape = [
    '-t1',
    `-c${load.connections}`,
    `-d${load.seconds}s`,
    '--latency',
    ...script,
    ...shown,
  ]
  return parseWrk(await runToEnd(['wrk', ...shape, load.url], LOAD_CORES))
}

/** Throws when the text is not a report of `wrk --latency`: a number left out must not become a zero. */
export function parseWrk(text: string): WrkReport {
  const number = (pattern: RegExp): number => {
    const found = pattern.exec(text)?.[1]
    if (found === undefined) throw new Error(`wrk printed no ${pattern.source}:\n${text}`)
    return Number(found)
  }
  const requests = number(/^\s*(\d+) requests in /m)
  const failures = failuresIn(text)
  if (requests === 0) failures.push('no request was answered')
  return {
    requests,
    requestsPerSecond: number(/^Requests\/sec:\s+([\d.]+)/m),
    p50Ms: percentileMs(text, 50),
    p99Ms: percentileMs(text, 99),
    failures,
  }
}

function percentileMs(text: string, percent: number): number {
  const [, amount, unit] =
    new RegExp(`^\\s*${percent}%\\s+([\\d.]+)([a-z]+)$`, 'm').exec(text) ?? []
  const unitMs = UNIT_MS[unit ?? '']
  if (unitMs === undefined) throw new Error(`wrk printed no ${percent} % latency:\n${text}`)
  return Number(amount) * unitMs
}

function failuresIn(text: string): string[] {
  const socket = /^\s*Socket errors: (.+)$/m.exec(text)?.[1]
  const status = /^\s*(Non-2xx .+)$/m.exec(text)?.[1]
  return [socket === undefined ? [] : `socket errors: ${socket}`, status ?? []].flat()
}
