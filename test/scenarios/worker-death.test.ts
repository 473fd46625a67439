import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { startGateway } from '../kit/gateway.ts'
import { until } from '../kit/until.ts'

const DEADLY = `
import { defineEndpoint, z } from '${import.meta.resolve('#sdk/index')}'
export const deadly = defineEndpoint({
  name: 'deadly',
  summary: 'Ends the worker that runs it',
  options: z.enum(['throw', 'loop']),
  create: (how) => () => {
    if (how === 'loop') for (;;) ;
    if (how === 'throw') setImmediate(() => { throw new Error('thrown out of any request') })
    return new Promise(() => {})
  },
})
`

for (const how of ['throw', 'loop']) {
  test(`a worker that ends by ${how} is replaced, and what it had in progress counts no more`, async (t) => {
    const folder = await temporaryFolder(t, {})
    const plugin = join(folder, 'deadly.ts')
    writeFileSync(plugin, DEADLY)
    const { url, metric } = await startGateway(
      t,
      `plugins: ${plugin}\nroutes:\n  - { path: /die, deadly: ${how} }\n  - { path: /ping, respond: pong }\n`,
      { workers: 2 },
    )
    const death = fetch(`${url}/die`).then(
      () => 'answered',
      () => 'cut',
    )
    assert.equal(await death, 'cut')
    const ping = async (): Promise<boolean> => {
      const reply = await fetch(`${url}/ping`, { headers: { connection: 'close' } }).catch(
        () => undefined,
      )
      return (await reply?.text()) === 'pong'
    }
    for (let i = 0; i < 20; i++) await until(ping)
    assert.equal(await metric('portcullis_requests_in_progress'), 0)
  })
}
