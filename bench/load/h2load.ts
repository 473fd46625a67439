/** The load of HTTP/2: runs h2load against one address and reads what it printed. */

import { LOAD_CORES, runToEnd } from './child.ts'
import { provide } from './packages.ts'
import type { Load, WrkReport } from './wrk.ts'

/** Requests at once on each connection: as a browser that opens a page. */
const STREAMS = 8

export function provideH2load(): void {
  provide(['h2load'], ['nghttp2-client'])
}

export async function runH2load({ url, connections, seconds }: Load): Promise<WrkReport> {
  const clients = Math.max(1, Math.round(connections / STREAMS))
  const shape = ['-t1', `-c${clients}`, `-m${STREAMS}`, `-D${seconds}`]
  return parseH2load(await runToEnd(['h2load', ...shape, url], LOAD_CORES))
}

/** Throws when the text is not a report of h2load. It tells of no percentiles: its mean stands for the middle, its worst for the end. */
export function parseH2load(text: string): WrkReport {
  const found = (pattern: RegExp): string => {
    const part = pattern.exec(text)?.[1]
    if (part === undefined) throw new Error(`h2load printed no ${pattern.source}:\n${text}`)
    return part
  }
  const requests = Number(found(/, (\d+) done, /))
  const lost =
    /, (\d+ failed, \d+ errored, \d+ timeout)$/m.exec(text)?.[1] ?? 'no count of failures'
  const other = /^status codes: \d+ 2xx, (.+)$/m.exec(text)?.[1] ?? 'no status codes'
  const failures: string[] = []
  if (/[1-9]|no /.test(lost.replace('0 timeout', ''))) failures.push(lost)
  if (!/^0 3xx, 0 4xx, 0 5xx$/.test(other)) failures.push(other)
  if (requests === 0) failures.push('no request was answered')
  const [, worst, mean] = /^time for request:\s+\S+\s+(\S+)\s+(\S+)/m.exec(text) ?? []
  return {
    requests,
    requestsPerSecond: Number(found(/, ([\d.]+) req\/s, /)),
    p50Ms: milliseconds(mean, text),
    p99Ms: milliseconds(worst, text),
    failures,
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000 }

function milliseconds(amount: string | undefined, text: string): number {
  const [, number, unit] = /^([\d.]+)([a-z]+)$/.exec(amount ?? '') ?? []
  const unitMs = UNIT_MS[unit ?? '']
  if (unitMs === undefined) throw new Error(`h2load printed no time for a request:\n${text}`)
  return Number(number) * unitMs
}
