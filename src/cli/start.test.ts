import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'
import { startCommand } from './start.ts'

test('an admin port that is taken ends the start with words that say what to change', async (t) => {
  const holder = createServer().listen(0, '127.0.0.1')
  t.after(() => holder.close())
  await once(holder, 'listening')
  const { port } = holder.address() as AddressInfo
  const text = `listen: 127.0.0.1:0\nworkers: 1\nadmin: { port: ${port} }\nroutes: [{ path: /a, respond: a }]\n`
  const folder = await temporaryFolder(t, { 'portcullis.yaml': text })
  const said: string[] = []

  const code = await startCommand.run(['--config', join(folder, 'portcullis.yaml')], {
    out: (line) => void said.push(line),
    err: (line) => void said.push(line),
    input: async () => '',
    cwd: folder,
    env: {},
    isTerminal: false,
  })

  assert.equal(code, 1)
  assert.deepEqual(said, [
    `not started: port ${port} is in use; choose another with \`admin:\` or \`probes:\` in the configuration`,
  ])
})
