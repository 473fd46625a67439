/** What a reload of 10,000 routes costs: until it is in force, and the longest a worker stood still meanwhile. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Gateway } from '../../src/gateway.ts'

const ROUTES = 10_000
const ROUNDS = 5

/** Tells how long its thread's event loop was held up since it was last asked, in milliseconds. */
const STALL = `
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { defineEndpoint, HeaderList, Reply, z } from '${import.meta.resolve('#sdk/index')}'
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
export const stall = defineEndpoint({
  name: 'stall',
  summary: 'The longest stall of this worker so far',
  options: z.boolean(),
  create: () => () => {
    const longest = delay.max / 1e6
    delay.reset()
    return new Reply(200, new HeaderList(), String(longest), 'gateway')
  },
})
`

const folder = mkdtempSync(join(tmpdir(), 'portcullis-bench-'))
const file = join(folder, 'portcullis.yaml')
writeFileSync(join(folder, 'stall.ts'), STALL)

function write(round: number): void {
  const routes = Array.from(
    { length: ROUTES },
    (_, n) =>
      `  - { name: r${n}, path: "/v${n % 7}/area${n % 100}/r${n}/{id}", respond: "${n} ${round}" }\n`,
  )
  writeFileSync(
    file,
    'listen: 127.0.0.1:0\nadmin: { port: 0 }\nworkers: 1\nobserve: { accessLog: false }\n' +
      `plugins: ./stall.ts\nroutes:\n  - { name: stall, path: /stall, stall: true }\n${routes.join('')}`,
  )
}

write(0)
const gateway = new Gateway({ file, environment: process.env, isTerminal: false })
await gateway.start()
const url = `http://127.0.0.1:${Object.values(gateway.ports)[0]}`
const ask = async (path: string): Promise<string> => (await fetch(url + path)).text()
try {
  for (let round = 1; round <= ROUNDS; round++) {
    await new Promise((resolve) => void setTimeout(resolve, 1_000))
    const atRest = Number(await ask('/stall'))
    write(round)
    const start = performance.now()
    await gateway.reload()
    const liveMs = performance.now() - start
    const stall = Number(await ask('/stall'))
    if ((await ask('/v1/area1/r1/x')) !== `1 ${round}`)
      throw new Error('the reload is not in force')
    console.log(
      `${ROUTES} routes: in force after ${liveMs.toFixed(0)} ms; ` +
        `longest stall of the worker ${stall.toFixed(1)} ms (at rest ${atRest.toFixed(1)} ms)`,
    )
  }
} finally {
  await gateway.stop(0, 0)
  rmSync(folder, { recursive: true })
}
