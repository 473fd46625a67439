import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { startRecorder } from '../kit/recorder.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

const PLUGIN = `import { defineAuthenticator, Identity, z } from 'SDK'
const broken = (name, create) => defineAuthenticator({ name, summary: 'Broken', options: z.literal(true), create })
export default [
  broken('cannotBeMade', () => { throw new Error('no') }),
  broken('throws', () => ({ carriers: {}, authenticate() { throw new TypeError('oops') } })),
  broken('rejects', () => ({ carriers: {}, authenticate: () => Promise.reject(new Error('oops')) })),
  broken('talksNonsense', () => ({ carriers: {}, authenticate: () => ({ consumer: { name: 'admin', groups: [] } }) })),
  broken('saysYes', () => ({ carriers: {}, authenticate: () => true })),
  broken('knows', () => ({ carriers: {}, authenticate: () => new Identity({ name: 'a', groups: [] }) })),
]
`

test('an authenticator that breaks, in whatever way, lets nobody in', async (t) => {
  const folder = await temporaryFolder(t, {})
  const plugin = join(folder, 'broken.ts')
  writeFileSync(
    plugin,
    PLUGIN.replace('SDK', new URL('../../src/index.ts', import.meta.url).pathname),
  )
  const service = await startRecorder(t)
  const names = ['cannotBeMade', 'throws', 'rejects', 'talksNonsense', 'saysYes', 'knows']
  const route = (path: string, auth: string): string =>
    `  - { path: "/${path}", to: "${service.url}", auth: ${auth} }\n`
  const { url, accessLog } = await startGateway(
    t,
    `plugins: ["${plugin}"]
authenticators:
${names.map((name) => `  ${name}: { ${name}: true }\n`).join('')}routes:
${names.map((name) => route(name, name)).join('')}${route('anonymous', '{ any: throws, anonymous: true }')}${route('either', '[throws, knows]')}${route('both', '{ all: [knows, rejects] }')}`,
  )
  const ask = async (path: string) => {
    service.forget()
    const reply = await fetch(`${url}/${path}`)
    const { code } = (await reply.json().catch(() => ({}))) as { code?: string }
    return { status: reply.status, code, reached: service.request() !== '' }
  }
  const closed = { status: 503, code: 'AUTHENTICATOR_FAILED', reached: false }
  for (const path of [...names.slice(0, -1), 'anonymous', 'both'])
    assert.deepEqual(await ask(path), closed, path)
  assert.deepEqual(await ask('knows'), { status: 200, code: undefined, reached: true })
  assert.equal((await ask('either')).status, 200, 'another that knows the caller will do')
  const log = await accessLog(9)
  assert.equal(log[0]!['fault'], 'AUTHENTICATOR_FAILED')
})
