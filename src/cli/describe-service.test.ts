import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'

const MAIN = join(import.meta.dirname, '../main.ts')

test('explain and check shout when the certificates of a service are not verified', async (t) => {
  const folder = await temporaryFolder(t, {
    'portcullis.yaml':
      'listen: 8080\nservices: { s: { targets: "https://s.internal", tls: { verify: false } } }\nroutes: [{ path: /a, to: s }]',
  })
  const run = (...args: readonly string[]): string =>
    spawnSync(process.execPath, ['--conditions=source', MAIN, ...args], {
      cwd: folder,
      encoding: 'utf8',
    }).stdout
  assert.match(
    run('explain', 'GET', '/a'),
    /^service {3}s {2}tls: its certificate is NOT VERIFIED$/m,
  )
  assert.match(run('check'), /services\.s\.tls\.verify: warning: .*NOT VERIFIED/)
})
