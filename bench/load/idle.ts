/** The program behind `npm run bench:idle`: the memory that an idle connection costs a gateway. */

import { parseArgs } from 'node:util'
import { setTimeout as wait } from 'node:timers/promises'
import { enter } from './contest.ts'
import { IdleConnections } from './idle-connections.ts'
import { count } from './options.ts'
import { startOrigin } from './origin.ts'
import { memoryKibOf } from './process-cost.ts'
import { present, runProgram } from './entry.ts'
import { columns } from './report.ts'
import { rivals } from './rivals/index.ts'
import type { Rival } from './rivals/rival.ts'
import { Testbed } from './testbed.ts'
import { runWrk } from './wrk.ts'

const SCENARIO = { path: '/1k', replyBytes: 1024 }
const STEPS = 4
const SETTLE_MS = 3_000

const HELP = `Measures the memory of connections that have asked once and are now idle.

  npm run bench:idle -- [options]

  --connections N    how many (default 10000)
  --only NAME,NAME   ${rivals.map(({ name }) => name).join(', ')} (default portcullis,nginx)
`

interface Memory {
  rssKib: number
  /** Heap and stacks without files mapped: what the process itself has filled. */
  anonymousKib: number
}

await runProgram(async () => {
  const { values } = parseArgs({
    options: {
      connections: { type: 'string', default: '10000' },
      only: { type: 'string', default: 'portcullis,nginx' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) console.log(HELP)
  else await measureAll(count('connections', values.connections), values.only.split(','))
})

async function measureAll(connections: number, names: string[]): Promise<void> {
  const rows: string[][] = []
  for (const rival of present(names)) {
    try {
      rows.push(await measure(rival, connections))
    } catch (error) {
      rows.push([rival.name, `FAILED: ${(error as Error).message}`])
      process.exitCode = 1
    }
  }
  const steps = Array.from({ length: STEPS }, (_, i) => `at ${stepOf(connections, i + 1)}`)
  const head = ['', 'RSS MiB before', ...steps, 'KiB/connection', 'of it anonymous', '']
  console.log(`${connections} idle connections\n\n${columns([head, ...rows])}`)
}

async function measure(rival: Rival, connections: number): Promise<string[]> {
  const testbed = new Testbed()
  try {
    const originPort = await startOrigin(testbed)
    const { child, url } = await enter(testbed, rival, originPort, SCENARIO)
    // What a first load costs (compiled code, pools, a grown heap) is not the price of a connection.
    await runWrk({ url, connections: 64, seconds: 5 })
    await wait(SETTLE_MS)
    const series = [memoryOf(child.pid)]
    const clients = new IdleConnections(url, SCENARIO.replyBytes)
    for (let step = 1; step <= STEPS; step++) {
      await clients.grow(stepOf(connections, step))
      await wait(SETTLE_MS)
      series.push(memoryOf(child.pid))
    }
    const { open } = clients
    clients.close()
    if (open < connections) throw new Error(`it closed ${connections - open} connections`)
    return rowOf(rival.name, series, connections)
  } finally {
    await testbed.close()
  }
}

function rowOf(name: string, series: readonly Memory[], connections: number): string[] {
  const each = (key: keyof Memory): string =>
    (((series.at(-1)?.[key] ?? NaN) - (series[0]?.[key] ?? NaN)) / connections).toFixed(2)
  const mib = series.map(({ rssKib }) => (rssKib / 1024).toFixed(1))
  return [name, ...mib, each('rssKib'), each('anonymousKib'), '']
}

function stepOf(connections: number, step: number): number {
  return Math.round((connections * step) / STEPS)
}

function memoryOf(pid: number): Memory {
  return {
    rssKib: memoryKibOf(pid, 'status', 'VmRSS'),
    anonymousKib: memoryKibOf(pid, 'smaps_rollup', 'Anonymous'),
  }
}
