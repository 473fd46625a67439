import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { answering, startBackend } from '../../test/kit/backend.ts'
import { startGateway } from '../../test/kit/gateway.ts'
import { exchange } from '../../test/kit/raw-client.ts'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'

const FOLDER = import.meta.dirname
const MAIN = join(FOLDER, '../../src/main.ts')

const FILE = readFileSync(join(FOLDER, 'portcullis.yaml'), 'utf8').replace(
  './tenant.ts',
  join(FOLDER, 'tenant.ts'),
)

const echo = (head: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${head.length}\r\n\r\n${head}`

/** The example's file without its listener, in front of a service that answers with the head it got. */
async function startExample(t: TestContext) {
  const service = await startBackend(t, answering(echo))
  const yaml = FILE.replace('listen: 8080\n', '').replace('http://127.0.0.1:3001', service.url)
  const gateway = await startGateway(t, yaml)
  const ask = (host: string, fields = '') =>
    exchange(gateway.port, `GET /orders/1 HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`)
  return { gateway, service, yaml, ask }
}

function portcullis(...args: readonly string[]) {
  const run = spawnSync(process.execPath, ['--conditions=source', MAIN, ...args], {
    encoding: 'utf8',
  })
  return { status: run.status, out: run.stdout, err: run.stderr }
}

test('a known tenant passes, and the service is told who it is, whatever the client said', async (t) => {
  const { ask } = await startExample(t)
  assert.match(await ask('acme.shop.example'), /^HTTP\/1\.1 200 .*\r\nx-tenant: acme\r\n/s)
  const lied = await ask('Globex.Shop.Example:8080', 'X-Tenant: acme\r\nx_tenant: acme\r\n')
  assert.match(lied, /\r\nx-tenant: globex\r\n/)
  assert.doesNotMatch(lied, /acme/)
})

test('an unknown tenant gets 421, the log says why, and the service hears nothing', async (t) => {
  const { gateway, service, ask } = await startExample(t)
  for (const host of ['initech.shop.example', 'shop.example', 'a.acme.shop.example', 'acme']) {
    const reply = await ask(host)
    assert.match(reply, /^HTTP\/1\.1 421 .*"code":"MISDIRECTED"/s, host)
  }
  assert.equal(service.connections.length, 0)
  const lines = await gateway.accessLog(4)
  assert.deepEqual(
    lines.map(({ fault }) => fault),
    Array.from({ length: 4 }, () => 'MISDIRECTED'),
  )
})

test('changed options are taken up at once, by the same gateway', async (t) => {
  const { gateway, yaml, ask } = await startExample(t)
  assert.match(await ask('initech.shop.example'), /^HTTP\/1\.1 421 /)
  await gateway.reload(yaml.replace('globex]', 'initech], header: x-customer'))
  assert.match(await ask('initech.shop.example'), /\r\nx-customer: initech\r\n/)
  assert.match(await ask('globex.shop.example'), /^HTTP\/1\.1 421 /)
})

test('wrong options are told with their place and what was expected', async (t) => {
  const wrong = '{ domain: shop, known: [acme, Globex], haeder: x-t }'
  const yaml = FILE.replace(/\{ domain.*\}/, wrong)
  const folder = await temporaryFolder(t, { 'portcullis.yaml': yaml })
  const file = join(folder, 'portcullis.yaml')
  const { status, out } = portcullis('check', '--config', file)
  assert.equal(status, 1)
  assert.deepEqual(out.replaceAll(file, 'F').split('\n').slice(0, 3), [
    'F:4:21 defaults.tenant.domain: found "shop", expected a domain such as shop.example',
    'F:4:41 defaults.tenant.known[1]: found "Globex", expected a label such as acme',
    'F:4:50 defaults.tenant.haeder: found the unknown key "haeder"; did you mean "header"?',
  ])
})

test('explain names it, and where its options stand', () => {
  const file = join(FOLDER, 'portcullis.yaml')
  const { status, out, err } = portcullis(
    'explain',
    'GET',
    'http://acme.shop.example/orders/1',
    '--config',
    file,
  )
  assert.equal(status, 0, err)
  assert.match(out, /tenant .*portcullis\.yaml:4/)
})
