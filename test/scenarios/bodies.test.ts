import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answering, startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { RawClient } from '../kit/raw-client.ts'

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'

test('bodies, whole and broken, through one gateway', async (t) => {
  const service = await startBackend(t, (connection, whole) => {
    if (!whole) return
    const { socket, received } = connection
    connection.received = ''
    const path = /^\S+ (\S+)/.exec(received)?.[1]
    if (path === '/half-reset') {
      socket.write(`${CHUNKED}3\r\nabc\r\n`, () => setImmediate(() => socket.resetAndDestroy()))
    } else if (path === '/half-fin') socket.end(`${CHUNKED}3\r\nabc\r\n`)
    else if (path === '/short') socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc')
    else if (path === '/until-close') socket.end('HTTP/1.1 200 OK\r\n\r\nabcdef')
    else if (path === '/head') socket.write(CHUNKED)
    else if (path === '/trailer') socket.write(`${CHUNKED}2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n`)
    else if (path === '/interim') {
      socket.write(
        'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      )
    } else
      answering((request) => {
        const length = String(request.length - request.indexOf('\r\n\r\n') - 4)
        return `HTTP/1.1 200 OK\r\nContent-Length: ${length.length}\r\n\r\n${length}`
      })({ socket, received }, true)
  })
  const { port, metric } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`)
  const ask = (text: string): RawClient => new RawClient(port).send(text)
  const get = (path: string): RawClient => ask(`GET ${path} HTTP/1.1\r\nHost: gw.test\r\n\r\n`)

  for (const path of ['/half-reset', '/half-fin', '/short']) {
    await t.test(`${path}: what broke off never looks whole`, async () => {
      const received = await get(path).untilEnded()
      assert.doesNotMatch(received, /\r\n0\r\n\r\n$/)
      if (received.startsWith('HTTP/1.1 200')) assert.match(received, /abc(?:\r\n)?$/)
      else assert.match(received, /^HTTP\/1\.1 502 /)
    })
  }

  await t.test('a body that ends with its connection arrives whole, with a clean end', async () => {
    const client = get('/until-close')
    const received = await client.untilReceived('0\r\n\r\n')
    assert.match(received, /\r\n\r\n6\r\nabcdef\r\n0\r\n\r\n$/)
    client.close()
  })

  await t.test(
    'HEAD has no body, whatever the service announces, and the connection goes on',
    async () => {
      const client = ask(
        'HEAD /head HTTP/1.1\r\nHost: gw.test\r\n\r\nGET /next HTTP/1.1\r\nHost: gw.test\r\n\r\n',
      )
      const received = await client.replies(2)
      assert.equal(received.match(/HTTP\/1\.1 200 OK/g)?.length, 2)
      client.close()
    },
  )

  await t.test('trailers of a reply reach the client', async () => {
    const client = get('/trailer')
    assert.match(await client.untilReceived('x-sum'), /2\r\nok\r\n0\r\nx-sum: 1\r\n/)
    client.close()
  })

  await t.test('interim replies reach an HTTP/1.1 client and no HTTP/1.0 client', async () => {
    const client = get('/interim')
    assert.match(
      await client.replies(),
      /^HTTP\/1\.1 103 Early Hints\r\nlink: <\/a>\r\n\r\nHTTP\/1\.1 200 OK/,
    )
    client.close()
    const old = ask('GET /interim HTTP/1.0\r\nHost: gw.test\r\n\r\n')
    assert.match(await old.untilEnded(), /^HTTP\/1\.1 200 OK/)
  })

  await t.test('a client that waits for 100 gets it, then one final reply', async () => {
    const client = ask(
      'PUT /up HTTP/1.1\r\nHost: gw.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
    )
    await client.untilReceived('HTTP/1.1 100 Continue\r\n\r\n')
    client.send('hello')
    const received = await client.replies()
    assert.match(received, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n5$/)
    client.close()
  })

  await t.test('nothing is in progress when all is over', async () => {
    assert.equal(await metric('portcullis_requests_in_progress'), 0)
  })
})
