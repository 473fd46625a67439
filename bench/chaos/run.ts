/** The program behind `npm run chaos`: four servers, one of them in trouble, behind this gateway and behind others. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { runProgram } from '../load/entry.ts'
import { count, oneOf } from '../load/options.ts'
import { isPresent, provide, versionOf } from '../load/packages.ts'
import { columns } from '../load/report.ts'
import { freePort, Testbed } from '../load/testbed.ts'
import { type ChaosRival, gateways, INTERVAL_MS } from './gateways.ts'
import { Load, now } from './load.ts'
import { type Server, startServers, stopServers, type Trouble, TROUBLES } from './servers.ts'
import { faultsOf, judge, type Verdict } from './verdict.ts'

const SERVERS = 4
const BEFORE_MS = 3_000
const AFTER_MS = 7_000
/** Whose faults are this program's exit code. */
const OURS = 'portcullis'

const HELP = `Four servers, one of them in trouble for a while, under steady load: what clients see, and what the servers bear.

  npm run chaos -- [options]

  --seconds N      how long each trouble lasts (default 60)
  --rate N         requests a second (default 300)
  --only NAME,…    ${gateways.map(({ name }) => name).join(', ')}
`

interface Options {
  readonly seconds: number
  readonly rate: number
}

await runProgram(async () => {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      rate: { type: 'string', default: '300' },
      only: { type: 'string', default: gateways.map(({ name }) => name).join(',') },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return
  }
  const options = { seconds: count('seconds', values.seconds), rate: count('rate', values.rate) }
  const names = gateways.map(({ name }) => name)
  const wanted = new Set(values.only.split(',').map((name) => oneOf(names, name.trim())))
  const chosen = gateways.filter(({ name }) => wanted.has(name))
  provide(chosen.flatMap(({ needs }) => ('command' in needs ? needs.command : [])))
  const rows: string[][] = []
  for (const rival of chosen) {
    if (!isPresent(rival)) console.error(`left out, not on this machine: ${rival.name}`)
    else for (const trouble of TROUBLES) rows.push(await row(rival, trouble, options))
  }
  console.log(
    `\none of ${SERVERS} servers in trouble for ${options.seconds} s, ${options.rate} requests a second, checks every ${INTERVAL_MS} ms\n`,
  )
  const head = ['gateway', 'trouble', 'requests', 'failed', 'tries each', 'p50 ms', 'p99 ms']
  console.log(columns([[...head, 'back after ms', ''], ...rows]))
})

async function row(rival: ChaosRival, trouble: Trouble, options: Options): Promise<string[]> {
  console.error(`${rival.name}: ${trouble.name}`)
  const verdict = await suffer(rival, trouble, options)
  const faults = faultsOf(verdict, INTERVAL_MS)
  if (rival.name === OURS && faults.length > 0) process.exitCode = 1
  return [
    `${rival.name} ${versionOf(rival)}`,
    trouble.name,
    String(verdict.requests),
    `${(verdict.failed * 100).toFixed(2)} %`,
    verdict.perRequest.toFixed(3),
    verdict.p50Ms.toFixed(1),
    verdict.p99Ms.toFixed(1),
    verdict.backMs === undefined ? 'never' : verdict.backMs.toFixed(0),
    faults.join(', '),
  ]
}

/** Each trouble meets fresh servers and a fresh gateway. */
async function suffer(rival: ChaosRival, trouble: Trouble, options: Options): Promise<Verdict> {
  const testbed = new Testbed()
  const servers = await startServers(SERVERS)
  try {
    const port = await enter(testbed, rival, servers)
    const load = new Load(port, options.rate)
    load.start()
    await wait(BEFORE_MS)
    const [victim] = servers as [Server]
    trouble.begin(victim)
    await wait(options.seconds * 1_000)
    await trouble.end(victim)
    const healedAt = now()
    await wait(AFTER_MS)
    await load.stop()
    await wait(100) // the servers tell of the last that reached them
    const reached = servers.flatMap(({ sentAt }) => sentAt)
    return judge({ sent: load.sent, reached, reachedVictim: victim.sentAt, healedAt })
  } finally {
    stopServers(servers)
    await testbed.close()
  }
}

async function enter(
  testbed: Testbed,
  rival: ChaosRival,
  servers: readonly Server[],
): Promise<number> {
  const folder = join(testbed.folder, rival.name)
  mkdirSync(folder)
  const [port, adminPort] = [await freePort(), await freePort()]
  const targets = servers.map((server) => server.port)
  const { argv, files } = rival.launch({ port, adminPort, folder, targets })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const url = `http://127.0.0.1:${port}/`
  await testbed.start({ name: rival.name, argv, cores: '0-1', url })
  return port
}
