import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

/** A server elsewhere, in the least of words: so many pass for each key, and then it fails. */
const PLUGIN = `import { defineStore, StoreFailure, z } from 'SDK'
export const ledger = defineStore({
  name: 'ledger',
  summary: 'A ledger',
  options: z.strictObject({ pages: z.int() }),
  sharedBytes: () => 0,
  create({ pages }) {
    const used = new Map()
    let asked = 0
    return {
      counters: {
        async consume(charges) {
          if (++asked > pages) throw new StoreFailure('the ledger is full')
          return charges.map(({ key, rate, cost }) => {
            const passes = (used.get(key) ?? 0) + cost <= rate.limit
            if (passes) used.set(key, (used.get(key) ?? 0) + cost)
            return { passes, remaining: rate.limit - used.get(key), resetMs: 1000, retryMs: passes ? 0 : 1000 }
          })
        },
      },
      replies: { get: () => undefined, set() {}, delete() {} },
    }
  },
})
`

test('a store that a plugin brings counts limits, and its failures are those of any store', async (t) => {
  const folder = await temporaryFolder(t, {})
  const plugin = join(folder, 'ledger.ts')
  const sdk = new URL('../../src/index.ts', import.meta.url).pathname
  writeFileSync(plugin, PLUGIN.replace('SDK', sdk))
  const { port } = await startGateway(
    t,
    `plugins: ["${plugin}"]
stores: { mine: { ledger: { pages: 4 } } }
routes: [{ path: /, respond: in, rateLimit: { limit: 2/min, store: mine, onStoreFailure: closed } }]`,
  )
  const statuses: string[] = []
  for (let n = 0; n < 6; n++)
    statuses.push((await exchange(port, 'GET / HTTP/1.1\r\nHost: gw.test\r\n\r\n')).slice(9, 12))
  assert.deepEqual(statuses, ['200', '200', '429', '429', '503', '503'])
})
