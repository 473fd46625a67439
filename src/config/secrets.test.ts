import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { FAKE_KNOWN } from '../../test/kit/fake-known.ts'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'
import { formatComplaint } from './complaint.ts'
import { loadConfig, type LoadOptions } from './load.ts'

async function load(t: TestContext, text: string, options: LoadOptions) {
  const folder = await temporaryFolder(t, { 'p.yaml': text, 'keys/a.txt': 'from a file\r\n' })
  const loaded = await loadConfig(join(folder, 'p.yaml'), FAKE_KNOWN, options)
  const complaints = loaded.ok ? [] : loaded.complaints
  const shown = complaints.map((complaint) =>
    formatComplaint(complaint).replaceAll(`${folder}/`, ''),
  )
  return { loaded, shown, folder }
}

const BODY = (text: string) => `listen: 8080\nroutes: [{ path: /a, respond: { body: '${text}' } }]`

const TEXTS = [
  ['${env:A}', 'one'],
  ['<${env:A}-${env:B}>', '<one-two>'],
  ['${env:NONE:-else}', 'else'],
  ['${env:EMPTY:-else}', 'else'],
  ['${env:EMPTY}', ''],
  ['${env:A:-else}', 'one'],
  ['${env:NONE:-}', ''],
  ['$${env:A}', '${env:A}'],
  ['${file:keys/a.txt}', 'from a file'],
  ['$A ${env:NESTS}', '$A ${env:A}'],
] as const

for (const [text, expected] of TEXTS) {
  test(`${text} stands for "${expected}"`, async (t) => {
    const environment = { A: 'one', B: 'two', EMPTY: '', NESTS: '${env:A}' }
    const { loaded, shown, folder } = await load(t, BODY(text), { environment })
    assert.ok(loaded.ok, shown.join('\n'))
    assert.deepEqual(loaded.config.routes[0]!.endpoint.options, { body: expected })
    assert.equal(loaded.files.includes(join(folder, 'keys/a.txt')), text.includes('file:'))
  })
}

test('a whole placeholder may stand for a number, and only where one is wanted', async (t) => {
  const text = `listeners: { a: { port: "\${env:PORT}" } }
workers: \${env:WORKERS}
routes: [{ path: /a, respond: { status: "\${env:STATUS}", body: "\${env:PORT}" } }]`
  const environment = { PORT: '8080', WORKERS: '2', STATUS: '201' }
  const { loaded, shown } = await load(t, text, { environment })
  assert.ok(loaded.ok, shown.join('\n'))
  const { listeners, workers, routes } = loaded.config
  assert.deepEqual([listeners[0]!.port, workers], [8080, 2])
  assert.deepEqual(routes[0]!.endpoint.options, { status: 201, body: '8080' })
})

test('what is not there is named; nothing else is said of it', async (t) => {
  const text = `listen: \${env:NONE}
routes:
  - { path: /a, respond: { body: "\${file:none.txt}" } }
  - { path: /b, respond: { status: "\${env:NONE2}", body: "\${oops} \${env:A" } }`
  const { shown } = await load(t, text, { environment: {} })
  assert.deepEqual(shown, [
    'p.yaml:1:9 listen: the environment variable NONE is not set',
    'p.yaml:3:34 routes[0].respond.body: the file none.txt cannot be read (ENOENT)',
    'p.yaml:4:36 routes[1].respond.status: the environment variable NONE2 is not set',
    'p.yaml:4:58 routes[1].respond.body: found ${oops}, expected ${env:NAME}, ${env:NAME:-fallback}, ${file:path}, or $${ for the text itself',
    'p.yaml:4:58 routes[1].respond.body: found ${env:A, expected ${env:NAME}, ${env:NAME:-fallback}, ${file:path}, or $${ for the text itself',
  ])
})

test('no complaint shows a value, in whatever form', async (t) => {
  const SECRET = 'S3cret-Value.example'
  const text = `listen: \${env:SECRET}
services:
  a: { targets: ["http://\${env:SECRET}/", "http://\${env:SECRET}/"] }
  b: { targets: "ftp://\${env:SECRET}" }
routes:
  - { name: "\${env:SECRET}", path: "/\${env:SECRET}/{", to: "\${env:SECRET}" }
  - { name: "\${env:SECRET}", path: /b, methods: "\${env:SECRET}", to: a, cache: "\${env:SECRET}" }
  - { path: "/\${env:SECRET}", respond: { status: "\${env:SHORT}" } }
  - { path: "/\${env:SECRET}", respond: {} }
  - { path: "/\${env:SECRET}", redirect: "\${env:SECRET}" }
  - { path: /c, "\${env:SECRET}": 1 }`
  const { loaded, shown } = await load(t, text, { environment: { SECRET, SHORT: 'x7' } })
  assert.ok(!loaded.ok)
  assert.ok(shown.length >= 7, shown.join('\n'))
  assert.doesNotMatch(shown.join('\n'), /s3cret|x7/i)
  assert.ok(shown.some((line) => line.includes('found "${env:SHORT}", expected a number')))
})

test('a value that looks like a placeholder is judged like any other', async (t) => {
  const text = 'listen: "${env:A}"\nroutes: [{ path: /a, respond: {}, cache: "$${env:C}" }]'
  const { shown } = await load(t, text, { environment: { A: '${env:B}' } })
  assert.deepEqual(shown, [
    'p.yaml:1:9 listen: found "${env:A}", expected a port such as 8080, or an address with one, such as 127.0.0.1:8080',
    'p.yaml:2:42 routes[0].cache: found "$${env:C}", expected a duration with its unit, such as 250ms, 5s, 2m, 1h or 7d',
  ])
})

test('without secrets, all is checked but what hangs on them', async (t) => {
  const text = `listeners: { a: { port: "\${env:PORT}" } }
services: { s: { targets: "\${env:URL}", timeout: "\${env:T}" } }
routes:
  - { path: /a, to: "\${env:SERVICE}", cache: "\${env:TTL}" }
  - { path: /b, to: s }
  - { path: /c, to: sss }`
  const { shown } = await load(t, text, { secrets: 'skip', environment: {} })
  assert.deepEqual(shown, ['p.yaml:6:21 routes[2].to: found no service "sss"; there are s'])

  const whole = await load(t, text.replace('sss', 's'), { secrets: 'skip', environment: {} })
  assert.ok(whole.loaded.ok, whole.shown.join('\n'))
})
