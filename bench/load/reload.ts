/** What a reload of 10,000 routes costs: until it is in force, and the longest a worker stood still meanwhile. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Gateway } from '../../src/gateway.ts'

const ROUTES = 10_000
const ROUNDS = 5

/**
 * Tells how long its thread's event loop was held up since it was last asked, in milliseconds: by the clock, and of
 * that what the thread itself worked. The rest it waited for a processor, which is the machine's doing.
 */
const STALL = `
import { defineEndpoint, HeaderList, Reply, z } from '${import.meta.resolve('#sdk/index')}'
let [wall, worked] = [0, 0]
const usedMs = () => { const { user, system } = process.threadCpuUsage(); return (user + system) / 1e3 }
let [lastTime, lastUsed] = [performance.now(), usedMs()]
setInterval(() => {
  const [time, used] = [performance.now(), usedMs()]
  wall = Math.max(wall, time - lastTime - 1)
  worked = Math.max(worked, used - lastUsed)
  ;[lastTime, lastUsed] = [time, used]
}, 1).unref()
export const stall = defineEndpoint({
  name: 'stall',
  summary: 'The longest stall of this worker so far',
  options: z.boolean(),
  create: () => () => {
    const told = JSON.stringify({ wall, worked })
    ;[wall, worked] = [0, 0]
    return new Reply(200, new HeaderList(), told, 'gateway')
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
const stall = async () => JSON.parse(await ask('/stall')) as { wall: number; worked: number }
try {
  for (let round = 1; round <= ROUNDS; round++) {
    await new Promise((resolve) => void setTimeout(resolve, 1_000))
    const atRest = await stall()
    write(round)
    const start = performance.now()
    await gateway.reload()
    const liveMs = performance.now() - start
    const during = await stall()
    if ((await ask('/v1/area1/r1/x')) !== `1 ${round}`)
      throw new Error('the reload is not in force')
    console.log(
      `${ROUTES} routes: in force after ${liveMs.toFixed(0)} ms; the worker's longest stall: ` +
        `${during.worked.toFixed(1)} ms of work, ${during.wall.toFixed(1)} ms by the clock (at rest ${atRest.wall.toFixed(1)} ms)`,
    )
  }
} finally {
  await gateway.stop(0, 0)
  rmSync(folder, { recursive: true })
}
