import assert from 'node:assert/strict'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { discovered, FAILURES, TARGETS } from '../kit/discovered.ts'
import { NEEDS_DNSMASQ, startDnsmasq } from '../kit/dnsmasq.ts'
import { freePort } from '../kit/free-port.ts'
import { startGateway } from '../kit/gateway.ts'
import { startProcess } from '../kit/gateway-process.ts'
import { startNamed, whoAnswers } from '../kit/named.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { until } from '../kit/until.ts'

/** A gateway whose targets stand in a file, and what changes the file at once. */
async function setUp(t: TestContext, first: string, options: { workers?: number } = {}) {
  const file = join(await temporaryFolder(t, { 'targets.yaml': first }), 'targets.yaml')
  const gateway = await startGateway(t, discovered(`{ file: ${file} }`), options)
  const replace = (text: string): void => {
    writeFileSync(`${file}.new`, text)
    renameSync(`${file}.new`, file)
  }
  const ask = (requests: number) => whoAnswers(`${gateway.url}/a`, requests)
  return { ...gateway, file, replace, ask }
}

test('a file that is replaced is read anew: YAML or JSON, with weights, tiers and targets that drain', async (t) => {
  const [a, b] = [await startNamed(t, 'a'), await startNamed(t, 'b')]
  const { ask, replace, metric } = await setUp(t, `- ${a.url}\n`, { workers: 2 })
  assert.deepEqual(await ask(10), { a: 10 })
  replace(JSON.stringify([{ url: a.url, weight: 3 }, b.url]))
  await until(async () => (await ask(4))['b'] !== undefined)
  assert.deepEqual(await ask(40), { a: 30, b: 10 })
  replace(`- { url: "${a.url}", tier: 2 }\n- ${b.url}\n`)
  await until(async () => (await ask(4))['b'] === 4)
  replace(`- ${a.url}\n- { url: "${b.url}", drain: true }\n`)
  await until(async () => (await ask(4))['a'] === 4)
  assert.equal(await metric(`portcullis_target_draining{service="s",target="${b.url}"}`), 1)
  replace(`- { url: "${b.url}", drain: true }\n`)
  await until(async () => (await ask(4))['503'] === 4)
})

const broken = [
  { name: 'half of a line', text: (url: string) => `- { url: "${url}", wei` },
  { name: 'nothing', text: () => '' },
  { name: 'an empty list', text: () => '[]' },
  { name: 'what is no list', text: (url: string) => `targets: ${url}` },
  { name: 'a weight of nothing', text: (url: string) => `- { url: "${url}", weight: 0 }` },
  { name: 'the same target twice', text: (url: string) => `- ${url}\n- ${url}\n` },
]
for (const { name, text } of broken) {
  test(`the last good list holds while the file has ${name}`, async (t) => {
    const [a, b] = [await startNamed(t, 'a'), await startNamed(t, 'b')]
    const { ask, file, replace, metric } = await setUp(t, `- ${a.url}\n`)
    writeFileSync(file, text(b.url))
    await until(async () => (await metric(FAILURES)) > 0)
    assert.equal(await metric(TARGETS), 1)
    assert.deepEqual(await ask(5), { a: 5 })
    replace(`- ${b.url}\n`)
    await until(async () => (await ask(2))['b'] === 2)
  })
}

test('a file that goes away changes nothing; one that was never there is taken up when it comes', async (t) => {
  const a = await startNamed(t, 'a')
  const { ask, file, metric, replace } = await setUp(t, `- ${a.url}\n`)
  rmSync(file)
  await until(async () => (await metric(FAILURES)) > 0)
  assert.deepEqual(await ask(3), { a: 3 })
  const late = join(await temporaryFolder(t, {}), 'late.yaml')
  const other = await startGateway(t, discovered(`{ file: ${late} }`))
  assert.deepEqual(await whoAnswers(`${other.url}/a`, 2), { 503: 2 })
  writeFileSync(late, `- ${a.url}\n`)
  await until(async () => (await whoAnswers(`${other.url}/a`, 1))['a'] === 1)
  replace(`- ${a.url}\n`)
})

test('while nothing was found yet the fallback of a service answers', async (t) => {
  const source = '{ file: /nowhere/targets.yaml }'
  const { url } = await startGateway(t, discovered(source, ', fallback: { respond: spare }'))
  assert.deepEqual(await whoAnswers(`${url}/a`, 2), { spare: 2 })
})

test(
  'names in a file are looked up; a base path goes before the client’s',
  NEEDS_DNSMASQ,
  async (t) => {
    const port = await freePort()
    const a = await startNamed(t, 'a', { host: '127.0.0.2', port })
    const { address } = await startDnsmasq(t, { hosts: { 'a.internal': ['127.0.0.2'] } })
    const folder = await temporaryFolder(t, {
      'targets.yaml': `- http://a.internal:${port}/base\n- http://nobody.internal:${port}\n`,
    })
    const source = `{ file: "${folder}/targets.yaml", resolver: "${address}" }`
    const { url, metric } = await startGateway(t, discovered(source, ', host: target'))
    assert.deepEqual(await whoAnswers(`${url}/a`, 3), { a: 3 })
    assert.equal(await metric(TARGETS), 1)
    assert.match(a.last(), new RegExp(`^GET /base/a [^]*\r\nhost: a.internal:${port}\r\n`, 'i'))
  },
)

test('the log tells once what is wrong, with its line, and when it is well again; and of every change', async (t) => {
  const [a, b] = [await startNamed(t, 'a'), await startNamed(t, 'b')]
  const port = await freePort()
  const folder = await temporaryFolder(t, {
    'targets.yaml': `- ${a.url}\n- http://169.254.169.254\n`,
    'portcullis.yaml':
      `listen: 127.0.0.1:${port}\nworkers: 1\nadmin: { port: ${await freePort()} }\n` +
      `observe: { accessLog: { to: "file:access.log" } }\n${discovered('{ file: targets.yaml }')}`,
  })
  const gateway = await startProcess(t, join(folder, 'portcullis.yaml'))
  assert.deepEqual(await whoAnswers(`http://127.0.0.1:${port}/a`, 1), { a: 1 })
  const file = join(folder, 'targets.yaml')
  await gateway.untilSaid('169.254.169.254 may not be called')
  writeFileSync(file, `- ${a.url}\n- { weight: none, url: ${b.url} }\n`)
  await gateway.untilSaid(`${file}:2:13 [1].weight: found \\"none\\"`)
  writeFileSync(file, `- ${a.url}\n- http://169.254.169.254\n- ${b.url}\n`)
  await gateway.untilSaid(/"message":"the targets changed"[^\n]*"targets":2,"added":"[^"]+"\}/)
  await gateway.untilSaid('targets can be looked up again')
  for (const once of ['found \\"none\\"', '169.254.169.254 may not', 'can be looked up again'])
    assert.equal(gateway.said().split(once).length, 2, once)
})
