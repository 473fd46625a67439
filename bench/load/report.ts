/** From rounds to figures, and from figures to a table. */

interface Round {
  requests: number
  requestsPerSecond: number
  /** Of the gateway's whole process tree. */
  cpuUsPerRequest: number
  p50Ms: number
  p99Ms: number
}

export interface Measured {
  name: string
  version: string
  features: string
  rounds: Round[]
  peakRssMib: number
  /** Why the figures must not be believed; empty when they may. */
  failures: string[]
}

/** Medians of the rounds; the ratio is the median of the ratios round by round, since the machine's pace drifts. */
export interface Figures extends Omit<Round, 'requests'> {
  timesYardstick: number | undefined
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[middle]]
  if (low === undefined || high === undefined) throw new Error('no values, no median')
  return (low + high) / 2
}

/** Undefined for one that failed: half a figure would be believed. */
export function figuresOf(one: Measured, yardstick: Measured | undefined): Figures | undefined {
  if (one.failures.length > 0) return undefined
  const of = (key: keyof Round): number => median(one.rounds.map((round) => round[key]))
  const base = yardstick?.failures.length === 0 ? yardstick.rounds : []
  const ratios = base.map(
    (round, i) => (one.rounds[i]?.cpuUsPerRequest ?? NaN) / round.cpuUsPerRequest,
  )
  return {
    requestsPerSecond: of('requestsPerSecond'),
    cpuUsPerRequest: of('cpuUsPerRequest'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    timesYardstick: ratios.length > 0 ? median(ratios) : undefined,
  }
}

export function table(all: readonly Measured[], yardstickName: string): string {
  const yardstick = all.find(({ name }) => name === yardstickName)
  const head = ['gateway', 'req/s', 'CPU µs/req', 'from–to', `× ${yardstickName}`]
  const rows = all.map((one) => cellsOf(one, figuresOf(one, yardstick)))
  return columns([[...head, 'p50 ms', 'p99 ms', 'peak MiB', 'does'], ...rows])
}

function cellsOf(one: Measured, figures: Figures | undefined): string[] {
  const name = `${one.name} ${one.version}`
  if (figures === undefined) return [name, `FAILED: ${one.failures.join('; ')}`]
  const cpu = one.rounds.map(({ cpuUsPerRequest }) => cpuUsPerRequest)
  return [
    name,
    figures.requestsPerSecond.toFixed(0),
    figures.cpuUsPerRequest.toFixed(1),
    `${Math.min(...cpu).toFixed(1)}–${Math.max(...cpu).toFixed(1)}`,
    figures.timesYardstick?.toFixed(2) ?? '-',
    figures.p50Ms.toFixed(2),
    figures.p99Ms.toFixed(2),
    one.peakRssMib.toFixed(0),
    one.features,
  ]
}

/** Text in columns: the first and the last to the left, numbers to the right. */
export function columns(rows: readonly (readonly string[])[]): string {
  const full = rows.filter((row) => row.length === rows[0]?.length)
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...full.map((row) => row[i]?.length ?? 0)))
  widths[0] = Math.max(...rows.map((row) => row[0]?.length ?? 0))
  const cell = (text: string, i: number, last: number): string => {
    if (i === 0) return text.padEnd(widths[0] ?? 0)
    return i === last ? text : text.padStart(widths[i] ?? 0)
  }
  return rows
    .map((row) => row.map((text, i) => cell(text, i, row.length - 1)).join('  '))
    .join('\n')
}
