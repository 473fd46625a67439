import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { startBackend } from '../kit/backend.ts'
import { byName, bySrv, ROUTE, TARGETS } from '../kit/discovered.ts'
import { NEEDS_DNSMASQ, startDnsmasq } from '../kit/dnsmasq.ts'
import { freePort } from '../kit/free-port.ts'
import { startGateway } from '../kit/gateway.ts'
import { startNamed, whoAnswers } from '../kit/named.ts'
import { exchange } from '../kit/raw-client.ts'
import { valuesOf } from '../kit/recorder.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { until } from '../kit/until.ts'

const DEADLY = `
import { defineEndpoint, z } from '${import.meta.resolve('#sdk/index')}'
export const deadly = defineEndpoint({
  name: 'deadly',
  summary: 'Ends the worker that runs it',
  options: z.literal(true),
  create: () => () => {
    setImmediate(() => { throw new Error('thrown out of any request') })
    return new Promise(() => {})
  },
})
`

test(
  'a reload that leaves `discover` as it was keeps what was found, even while the server is down',
  NEEDS_DNSMASQ,
  async (t) => {
    const port = await freePort()
    await startNamed(t, 'a', { host: '127.0.0.2', port })
    const dnsmasq = await startDnsmasq(t, { hosts: { 's.internal': ['127.0.0.2'] } })
    const wish = { address: dnsmasq.address, port }
    const { url, reload, metric } = await startGateway(t, byName(wish), { workers: 2 })
    await dnsmasq.stop()
    await reload(byName({ ...wish, rest: ', timeout: 3s' }))
    assert.deepEqual(await whoAnswers(`${url}/a`, 20), { a: 20 })
    await reload(byName({ ...wish, networks: '10.0.0.0/8' }))
    assert.deepEqual(await whoAnswers(`${url}/a`, 2), { 503: 2 }, 'another rule, another search')
    await reload(`routes: [{ path: /a, respond: { body: none } }]\n`)
    assert.ok(Number.isNaN(await metric(TARGETS)))
  },
)

test(
  'a worker that takes the place of a dead one knows what was found',
  NEEDS_DNSMASQ,
  async (t) => {
    const port = await freePort()
    await startNamed(t, 'a', { host: '127.0.0.2', port })
    await startNamed(t, 'b', { host: '127.0.0.3', port })
    const dnsmasq = await startDnsmasq(t, { hosts: { 's.internal': ['127.0.0.2'] } })
    const plugin = join(await temporaryFolder(t, { 'deadly.ts': DEADLY }), 'deadly.ts')
    const routes = 'routes: [{ path: /die, deadly: true }, { path: /a, to: s }]\n'
    const { url, metric } = await startGateway(
      t,
      `plugins: ${plugin}\n${byName({ address: dnsmasq.address, port }).replace(ROUTE, routes)}`,
    )
    dnsmasq.setHosts({ 's.internal': ['127.0.0.2', '127.0.0.3'] })
    await until(async () => (await metric(TARGETS)) === 2)
    await dnsmasq.stop()
    await assert.rejects(fetch(`${url}/die`))
    await until(async () => (await fetch(`${url}/a`).catch(() => undefined)) !== undefined)
    assert.deepEqual(await whoAnswers(`${url}/a`, 20), { a: 10, b: 10 })
  },
)

test(
  'checks ask what was found, under its name, and calls keep away from what they find down',
  NEEDS_DNSMASQ,
  async (t) => {
    const port = await freePort()
    await startNamed(t, 'b', { host: '127.0.0.3', port })
    const hosts: string[] = []
    const sick = await startBackend(
      t,
      (connection, whole) => {
        if (!whole) return
        if (connection.received.startsWith('GET /healthz'))
          hosts.push(...valuesOf(connection.received, 'host'))
        connection.received = ''
        connection.socket.write('HTTP/1.1 503 Sick\r\nContent-Length: 0\r\n\r\n')
      },
      { host: '127.0.0.2', port },
    )
    const { address } = await startDnsmasq(t, {
      hosts: { 's.internal': ['127.0.0.2', '127.0.0.3'] },
    })
    const rest = ', health: { path: /healthz, interval: 50ms, down: 1 }'
    const { url, metric } = await startGateway(t, byName({ address, port, rest }), { workers: 2 })
    const up = `portcullis_target_up{service="s",target="${sick.url}"}`
    await until(async () => (await metric(up)) === 0)
    assert.deepEqual(await whoAnswers(`${url}/a`, 10), { b: 10 })
    assert.deepEqual(new Set(hosts), new Set([`s.internal:${port}`]))
  },
)

test(
  '`host: target` asks for the name that was looked up; a redirect there, or to the address, leads to the gateway',
  NEEDS_DNSMASQ,
  async (t) => {
    const port = await freePort()
    let location = ''
    let host: string[] = []
    await startBackend(
      t,
      (connection, whole) => {
        if (!whole) return
        host = valuesOf(connection.received, 'host')
        connection.received = ''
        connection.socket.write(
          `HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`,
        )
      },
      { host: '127.0.0.2', port },
    )
    const { address } = await startDnsmasq(t, { hosts: { 's.internal': ['127.0.0.2'] } })
    const { url } = await startGateway(t, byName({ address, port, rest: ', host: target' }))
    for (const authority of [`s.internal:${port}`, `127.0.0.2:${port}`]) {
      location = `http://${authority}/b`
      const reply = await fetch(`${url}/a`, { redirect: 'manual' })
      assert.deepEqual(host, [`s.internal:${port}`])
      assert.equal(reply.headers.get('location'), `${url}/b`)
    }
  },
)

test(
  'SRV records tell hosts and ports, weights, and who is asked only when others are down',
  NEEDS_DNSMASQ,
  async (t) => {
    const [a, b, spare] = [
      await startNamed(t, 'a', { host: '127.0.0.2' }),
      await startNamed(t, 'b', { host: '127.0.0.3' }),
      await startNamed(t, 'spare', { host: '127.0.0.4' }),
    ]
    const dnsmasq = await startDnsmasq(t, {
      hosts: {
        'a.internal': ['127.0.0.2'],
        'b.internal': ['127.0.0.3'],
        'spare.internal': ['127.0.0.4'],
      },
      srv: [
        `_s._tcp.internal,a.internal,${a.port},1,30`,
        `_s._tcp.internal,b.internal,${b.port},1,10`,
        `_s._tcp.internal,spare.internal,${spare.port},2,0`,
      ],
    })
    const { url, metric } = await startGateway(t, bySrv(dnsmasq.address))
    assert.equal(await metric(TARGETS), 3)
    assert.deepEqual(await whoAnswers(`${url}/a`, 40), { a: 30, b: 10 })
    await dnsmasq.stop()
    await dnsmasq.start({
      hosts: { 'spare.internal': ['127.0.0.4'] },
      srv: [`_s._tcp.internal,spare.internal,${spare.port},2,0`],
    })
    await until(async () => (await whoAnswers(`${url}/a`, 4))['spare'] === 4, 15_000)
  },
)

test('each stage looks for its own, and the metrics tell them apart', async (t) => {
  const [a, b] = [await startNamed(t, 'a'), await startNamed(t, 'b')]
  const folder = await temporaryFolder(t, { 'p.yaml': `- ${a.url}\n`, 's.yaml': `- ${b.url}\n` })
  const { port, metric } = await startGateway(
    t,
    'stages: { production: { hosts: p.test }, staging: { hosts: s.test } }\n' +
      `services: { s: { allowedNetworks: 127.0.0.0/8, stages: { production: { discover: { file: ${folder}/p.yaml } }, ` +
      `staging: { discover: { file: ${folder}/s.yaml } } } } }\n${ROUTE}`,
  )
  const ask = (host: string) => exchange(port, `GET /a HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  assert.match(await ask('p.test'), /\r\n\r\na$/)
  assert.match(await ask('s.test'), /\r\n\r\nb$/)
  for (const stage of ['production', 'staging'])
    assert.equal(await metric(TARGETS.replace('}', `,stage="${stage}"}`)), 1)
})
