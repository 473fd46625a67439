/** The program behind `npm run bench:profile`: says by function where a gateway's time goes under load. */

import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { enter, loadOf } from './contest.ts'
import { selfTimes, type CpuProfile, type FunctionTime, type Span } from './cpu-profile.ts'
import { count, oneOf } from './options.ts'
import { startOrigin } from './origin.ts'
import { cpuUsOf } from './process-cost.ts'
import { present, runProgram } from './entry.ts'
import { columns } from './report.ts'
import type { Rival } from './rivals/rival.ts'
import { scenarios, type Scenario } from './scenarios.ts'
import { Testbed } from './testbed.ts'
import { runH2load } from './h2load.ts'
import { runWrk } from './wrk.ts'

const WARM_UP_SECONDS = 5
const CONNECTIONS = 64

const HELP = `Prints the functions that cost a gateway the most under load, all its threads together.

  npm run bench:profile -- [options]

  --of NAME         a gateway that Node runs (default portcullis)
  --scenario NAME   ${Object.keys(scenarios).join(' | ')} (default proxy-1k)
  --seconds N       length of the load that is looked at, after ${WARM_UP_SECONDS} s of warm-up (default 10)
  --top N           how many functions (default 40)
`

interface Profile {
  requests: number
  /** Of the process, by the kernel's account, in the span that was looked at. */
  cpuUs: number
  threads: number
  times: FunctionTime[]
}

await runProgram(async () => {
  const { values } = parseArgs({
    options: {
      of: { type: 'string', default: 'portcullis' },
      scenario: { type: 'string', default: 'proxy-1k' },
      seconds: { type: 'string', default: '10' },
      top: { type: 'string', default: '40' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(HELP)
  const [rival] = present([values.of])
  const scenario = scenarios[oneOf(Object.keys(scenarios), values.scenario)]
  if (rival === undefined || scenario === undefined) return
  if ('command' in rival.needs) throw new Error(`${rival.name} does not run on Node`)
  const profile = await profileOf(rival, scenario, count('seconds', values.seconds))
  show(profile, count('top', values.top))
})

async function profileOf(rival: Rival, scenario: Scenario, seconds: number): Promise<Profile> {
  const testbed = new Testbed()
  try {
    const originPort = await startOrigin(testbed)
    const folder = join(testbed.folder, 'profiles')
    mkdirSync(folder)
    const flags = ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${folder}`]
    const { child, url } = await enter(testbed, rival, originPort, scenario, flags)
    const shape = { scenario, connections: CONNECTIONS }
    const run = scenario.isHttp2 ? runH2load : runWrk
    await run(loadOf(shape, url, WARM_UP_SECONDS))
    const [cpuUsBefore, fromUs] = [cpuUsOf(child.pid), nowUs()]
    const { requests, failures } = await run(loadOf(shape, url, seconds))
    const [cpuUs, span] = [cpuUsOf(child.pid) - cpuUsBefore, { fromUs, toUs: nowUs() }]
    await child.stop()
    if (failures.length > 0) throw new Error(failures.join('; '))
    return { requests, cpuUs, ...readTimes(folder, span) }
  } finally {
    await testbed.close()
  }
}

function readTimes(folder: string, span: Span): { threads: number; times: FunctionTime[] } {
  const files = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))
  if (files.length === 0) throw new Error('no profile was written: it did not exit by itself')
  const texts = files.map((name) => readFileSync(join(folder, name), 'utf8'))
  const times = selfTimes(
    texts.map((text) => JSON.parse(text) as CpuProfile),
    span,
  )
  return { threads: files.length, times }
}

function show({ requests, cpuUs, threads, times }: Profile, top: number): void {
  const totalUs = times.reduce((sum, { selfUs }) => sum + selfUs, 0)
  const each = (us: number) => (us / requests).toFixed(2)
  console.log(`${requests} requests, ${threads} threads with a profile`)
  console.log(
    `µs per request: ${each(cpuUs)} by the kernel's account, ${each(totalUs)} sampled awake\n`,
  )
  const rows = times
    .slice(0, top)
    .map(({ name, place, selfUs }) => [
      `${((100 * selfUs) / totalUs).toFixed(1).padStart(5)} %`,
      each(selfUs),
      `${name}  ${place}`,
    ])
  console.log(columns([['   self', 'µs/req', 'function'], ...rows]))
}

function nowUs(): number {
  return Number(process.hrtime.bigint() / 1_000n)
}
