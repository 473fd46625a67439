/** The program behind `npm run bench:handshakes`: new connections over TLS, whole handshakes and resumed ones. */

import { parseArgs } from 'node:util'
import { LOAD_CORES, runToEnd } from './child.ts'
import { enter } from './contest.ts'
import { present, runProgram } from './entry.ts'
import { count } from './options.ts'
import { startOrigin } from './origin.ts'
import { cpuUsOf } from './process-cost.ts'
import { columns } from './report.ts'
import { Testbed } from './testbed.ts'

const SCENARIO = { path: '/1k', replyBytes: 1024, isSecure: true } as const

const HELP = `Measures TLS handshakes: connections that ask for nothing, one after the other.

  npm run bench:handshakes -- [options]

  --seconds N        for each kind and each gateway (default 5)
  --only NAME,NAME   of those that speak TLS (default portcullis,nginx)
`

await runProgram(async () => {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '5' },
      only: { type: 'string', default: 'portcullis,nginx' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return
  }
  const seconds = count('seconds', values.seconds)
  const testbed = new Testbed()
  try {
    const originPort = await startOrigin(testbed)
    const rows: string[][] = []
    for (const rival of present(values.only.split(','))) {
      const { child, url } = await enter(testbed, rival, originPort, SCENARIO)
      for (const kind of ['new', 'reuse'] as const) {
        console.error(`${rival.name}: ${kind}`)
        const before = cpuUsOf(child.pid)
        const made = await handshakes(new URL(url).host, kind, seconds)
        const cpuUs = (cpuUsOf(child.pid) - before) / made
        rows.push([rival.name, kind, (made / seconds).toFixed(0), cpuUs.toFixed(0), ''])
      }
    }
    console.log(columns([['gateway', 'session', 'handshakes/s', 'CPU µs each', ''], ...rows]))
  } finally {
    await testbed.close()
  }
})

/** How many were made. */
async function handshakes(host: string, kind: 'new' | 'reuse', seconds: number): Promise<number> {
  const argv = [
    'openssl',
    's_time',
    '-connect',
    host,
    `-${kind}`,
    '-time',
    String(seconds),
    '-tls1_2',
  ]
  const text = await runToEnd(argv, LOAD_CORES)
  const made = /(\d+) connections in \d+ real seconds/.exec(text)?.[1]
  if (made === undefined) throw new Error(`openssl s_time printed no count:\n${text}`)
  return Number(made)
}
