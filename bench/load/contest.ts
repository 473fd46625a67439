/** The measuring itself: gateways side by side, each under the same load in every round. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GATEWAY_CORES, type Child } from './child.ts'
import { cpuUsOf, memoryKibOf } from './process-cost.ts'
import { KEYS, TOKEN } from './token.ts'
import { versionOf } from './packages.ts'
import type { Measured } from './report.ts'
import type { Rival } from './rivals/rival.ts'
import type { Scenario } from './scenarios.ts'
import { freePort, type Testbed } from './testbed.ts'
import { runH2load } from './h2load.ts'
import { runWrk, type Load, type WrkReport } from './wrk.ts'

export interface Contestant {
  child: Child
  /** Where the load goes. */
  url: string
}

export interface Contest {
  scenario: Scenario
  rounds: number
  seconds: number
  warmUpSeconds: number
  connections: number
}

/** Starts it on the gateway's core and makes sure that it answers as the scenario wants; flags are for one that Node runs. */
export async function enter(
  testbed: Testbed,
  rival: Rival,
  originPort: number,
  { path, replyBytes, isSecure, guard }: Scenario,
  nodeFlags: readonly string[] = [],
): Promise<Contestant> {
  const folder = join(testbed.folder, rival.name)
  mkdirSync(folder)
  const [port, adminPort] = [await freePort(), await freePort()]
  const {
    argv: [command = '', ...args],
    files,
    env,
  } = rival.launch({
    port,
    adminPort,
    originPort,
    folder,
    secure: isSecure && certificateIn(folder),
    guard,
    keys: KEYS,
  })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const url = `${isSecure ? 'https' : 'http'}://127.0.0.1:${port}${path}`
  const argv = [command, ...nodeFlags, ...args]
  const child = await testbed.start({ name: rival.name, argv, env, cores: GATEWAY_CORES, url })
  const headers = guard === 'tokenAndLimit' ? { authorization: `Bearer ${TOKEN}` } : {}
  const { byteLength } = await (await fetch(url, { headers })).arrayBuffer()
  if (byteLength !== replyBytes) throw new Error(`answers ${byteLength} bytes, not ${replyBytes}`)
  return { child, url }
}

/** One that nobody vouches for: the load does not ask. */
function certificateIn(folder: string): { certFile: string; keyFile: string } {
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  const [certFile, keyFile] = [join(folder, 'bench.pem'), join(folder, 'bench.key')]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const files = ['-keyout', keyFile, '-out', certFile]
  execFileSync('openssl', ['req', '-x509', ...kind, '-days', '2', ...names, ...files], {
    stdio: 'ignore',
  })
  return { certFile, keyFile }
}

/** Rounds go A B C, A B C: what slows the machine for a while slows all of them. */
export async function compete(
  testbed: Testbed,
  rivals: readonly Rival[],
  originPort: number,
  contest: Contest,
  say: (progress: string) => void,
): Promise<Measured[]> {
  const all = rivals.map((rival) => ({ rival, measured: blank(rival) }))
  const running: { contestant: Contestant; measured: Measured }[] = []
  for (const { rival, measured } of all) {
    say(`warm-up ${rival.name}`)
    await orFail(measured, async () => {
      const contestant = await enter(testbed, rival, originPort, contest.scenario)
      await runLoad(contest, contestant.url, contest.warmUpSeconds)
      running.push({ contestant, measured })
    })
  }
  for (let round = 1; round <= contest.rounds; round++) {
    for (const { contestant, measured } of running) {
      say(`round ${round} of ${contest.rounds} ${measured.name}`)
      await orFail(measured, () => measureRound(contestant, measured, contest))
    }
  }
  return all.map(({ measured }) => measured)
}

async function measureRound({ child, url }: Contestant, measured: Measured, contest: Contest) {
  const cpuUsBefore = cpuUsOf(child.pid)
  const { failures, ...report } = await runLoad(contest, url, contest.seconds)
  const cpuUs = cpuUsOf(child.pid) - cpuUsBefore
  measured.failures.push(...failures)
  measured.rounds.push({ ...report, cpuUsPerRequest: cpuUs / report.requests })
  measured.peakRssMib = memoryKibOf(child.pid, 'status', 'VmHWM') / 1024
}

function runLoad(contest: Contest, url: string, seconds: number): Promise<WrkReport> {
  const run = contest.scenario.isHttp2 ? runH2load : runWrk
  return run(loadOf(contest, url, seconds))
}

/** The load of a scenario. */
export const loadOf = (
  contest: Pick<Contest, 'scenario' | 'connections'>,
  url: string,
  seconds: number,
): Load => ({
  url,
  seconds,
  connections: contest.connections,
  scriptFile: contest.scenario.scriptFile,
  token: contest.scenario.guard === 'tokenAndLimit' ? TOKEN : undefined,
})

async function orFail(measured: Measured, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    measured.failures.push((error as Error).message.replaceAll(/\s*\n\s*/g, ' | '))
  }
}

const blank = (rival: Rival): Measured => ({
  name: rival.name,
  version: versionOf(rival),
  features: rival.features,
  rounds: [],
  peakRssMib: 0,
  failures: [],
})
