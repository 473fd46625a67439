import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BackendConnection, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { until } from '../kit/until.ts'

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n\r\n`

const file = (a: string, b: number): string =>
  `routes:\n${a === '' ? '' : `  - { path: /a, to: "${a}" }\n`}  - { path: /b, respond: "${b}" }\n`

test('CFG-04: streams go on over every reload, also when their own route is changed or deleted', async (t) => {
  const streams: BackendConnection[] = []
  const one = await startBackend(t, (connection, whole) => {
    if (!whole) return
    streams.push(connection)
    connection.socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
  })
  const two = await startBackend(t)
  const { port, reload, metric } = await startGateway(t, file(one.url, 0))
  const clients = [1, 2].map(() => new RawClient(port).send(get('/a')))
  const upload = new RawClient(port).send(
    'POST /a HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding: chunked\r\n\r\n',
  )
  await until(() => streams.length === 2)
  let said = 0
  const goOn = async (): Promise<void> => {
    said++
    for (const { socket } of streams) socket.write(`4\r\nn${String(said).padStart(2, '0')}.\r\n`)
    upload.send(`4\r\nu${String(said).padStart(2, '0')}.\r\n`)
    const mark = String(said).padStart(2, '0')
    for (const client of clients) await client.untilReceived(`n${mark}.`)
    await until(() => one.received().includes(`u${mark}.`))
  }
  await goOn()
  for (let n = 1; n <= 10; n++) {
    await reload(file(one.url, n))
    await goOn()
  }
  assert.match(await exchange(port, get('/b')), /\r\n\r\n10$/)
  await reload(file(two.url, 10))
  await goOn()
  assert.match(await exchange(port, get('/a')), /^HTTP\/1\.1 200 [^]*\r\n\r\nok$/)
  assert.match(two.received(), /^GET \/a /)
  await reload(file('', 11))
  await goOn()
  assert.match(await exchange(port, get('/a')), /^HTTP\/1\.1 404 /)

  for (const { socket } of streams) socket.write('0\r\n\r\n')
  for (const client of clients) await client.untilReceived('\r\n0\r\n\r\n')
  upload.send('0\r\n\r\n')
  await upload.replies()
  for (const client of [...clients, upload]) {
    assert.match(client.received, /^HTTP\/1\.1 200 /)
    client.close()
  }
  await until(async () => (await metric('portcullis_requests_in_progress')) === 0)
  await until(() => two.open() === 0)
})

const unrelated = (url: string, n: number): string =>
  `services: { s: { targets: "${url}" } }\nroutes:\n  - { path: /a, to: s }\n  - { path: /b, respond: "${n}" }\n`

test('CFG-06: a reload keeps the connections of services that it does not change, and their count', async (t) => {
  const backend = await startBackend(t)
  const { port, reload, metric } = await startGateway(t, unrelated(backend.url, 0))
  for (let n = 1; n <= 10; n++) {
    assert.match(await exchange(port, get('/a')), /^HTTP\/1\.1 200 /)
    await reload(unrelated(backend.url, n))
    await until(async () => (await metric('portcullis_service_connections_idle')) === 1)
  }
  assert.equal(backend.connections.length, 1)
})
