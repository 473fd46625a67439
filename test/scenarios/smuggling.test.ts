/** Requests two parties could frame differently: refused before the service hears of them, or framed anew. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startBackend } from '../kit/backend.ts'
import { startGateway } from '../kit/gateway.ts'
import { exchange, RawClient } from '../kit/raw-client.ts'
import { startRecorder, valuesOf } from '../kit/recorder.ts'

const EVIL = 'GET /evil HTTP/1.1\r\nHost: e.x\r\n\r\n'
const HEAD = 'POST /s HTTP/1.1\r\nHost: gw.test\r\n'
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`

const refusedHeads: Readonly<Record<string, string>> = {
  'two lengths that differ': `Content-Length: 0\r\nContent-Length: ${EVIL.length}`,
  'a list of lengths that differ': `Content-Length: 0, ${EVIL.length}`,
  'a list of equal lengths': 'Content-Length: 5, 5',
  'equal lengths in two lines': 'Content-Length: 5\r\nContent-Length: 5',
  'an empty length beside a real one': `Content-Length:\r\nContent-Length: ${EVIL.length}`,
  'a length with a sign': 'Content-Length: +5',
  'a negative length': 'Content-Length: -1',
  'a length in hex': 'Content-Length: 0x5',
  'a length with a space inside': 'Content-Length: 1 0',
  'a length beyond what is countable': 'Content-Length: 99999999999999999999',
  'a space before the colon of the length': 'Content-Length : 5',
  'a space before the colon of the coding': 'Transfer-Encoding : chunked',
  'a length and chunked': 'Content-Length: 6\r\nTransfer-Encoding: chunked',
  'a length and chunked with a tab behind it': 'Content-Length: 6\r\nTransfer-Encoding: chunked\t',
  'a length before chunked in an odd case': 'Content-Length: 6\r\ntransfer-ENCODING: Chunked',
  'a coding with a parameter': 'Transfer-Encoding: chunked;x=1',
  'an empty coding': 'Transfer-Encoding:',
  'a coding in quotes': 'Transfer-Encoding: "chunked"',
  'a form feed before a second chunked':
    'Content-Length: 6\r\nTransfer-Encoding: chunked, \x0cchunked',
  'an unknown coding': 'Content-Length: 6\r\nTransfer-Encoding: xchunked',
  'identity as a coding': 'Content-Length: 6\r\nTransfer-Encoding: identity',
  'a coding after chunked': 'Transfer-Encoding: chunked, identity',
  'chunked twice': 'Transfer-Encoding: chunked, chunked',
  'a vertical tab before chunked': 'Content-Length: 6\r\nTransfer-Encoding: \x0bchunked',
  'a second coding in a line of its own': 'Transfer-Encoding: chunked\r\nTransfer-Encoding: x',
  'a folded line': 'X-A: one\r\n Transfer-Encoding: chunked',
  'a NUL in a value': 'X-A: a\0b',
  'a lone CR in a value': 'X-A: a\rContent-Length: 5',
}

const refusedBodies: Readonly<Record<string, string>> = {
  'a lone LF in a chunk extension': '5;x=\nab\r\nhello\r\n0\r\n\r\n',
  'a lone LF after a chunk size': '5\nhello\r\n0\r\n\r\n',
  'a chunk size that overflows': 'FFFFFFFFFFFFFFFF5\r\nhello\r\n0\r\n\r\n',
  'a negative chunk size': '-5\r\nhello\r\n0\r\n\r\n',
  'a chunk size with 0x': '0x5\r\nhello\r\n0\r\n\r\n',
  'a space before a chunk size': ' 5\r\nhello\r\n0\r\n\r\n',
  'a space within a chunk size': '5 5\r\nhello\r\n0\r\n\r\n',
  'an empty chunk size': '\r\nhello\r\n0\r\n\r\n',
  'a chunk longer than it says': '4\r\nhello\r\n0\r\n\r\n',
}

test('a request whose end is in doubt gets 400, the connection ends, no service sees it', async (t) => {
  const backend = await startBackend(t)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  for (const [name, lines] of Object.entries(refusedHeads))
    await t.test(name, async () => {
      const client = new RawClient(port).send(`${HEAD}${lines}\r\n\r\n${EVIL}`)
      const reply = await client.untilEnded()
      client.close()
      assert.match(reply, /^HTTP\/1\.1 400 /)
      assert.equal(reply.match(/HTTP\/1\.1 /g)?.length, 1)
      assert.equal(backend.received(), '')
    })
  for (const [name, body] of Object.entries(refusedBodies))
    await t.test(name, async () => {
      const client = new RawClient(port).send(CHUNKED + body + EVIL)
      const reply = await client.untilEnded()
      client.close()
      assert.match(reply, /^HTTP\/1\.1 400 /)
      assert.doesNotMatch(backend.received(), /evil|\r\n0\r\n\r\n/)
    })
})

for (const method of ['GET', 'DELETE', 'OPTIONS', 'POST'])
  test(`a body of ${method} never becomes the next request of the service connection`, async (t) => {
    const backend = await startBackend(t)
    const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
    const size = EVIL.length.toString(16)
    const head = `${method} /s HTTP/1.1\r\nHost: gw.test\r\n`
    await exchange(port, `${head}Transfer-Encoding: chunked\r\n\r\n${size}\r\n${EVIL}\r\n0\r\n\r\n`)
    await exchange(port, `${head}Content-Length: ${EVIL.length}\r\n\r\n${EVIL}`)
    const reply = await exchange(port, 'GET /next HTTP/1.1\r\nHost: gw.test\r\n\r\n')
    assert.match(reply, /^HTTP\/1\.1 200 [^]*ok$/)
    const heard = backend.received()
    assert.equal(heard.match(/\r\ntransfer-encoding: chunked\r\n/gi)?.length, 1)
    assert.equal(heard.match(new RegExp(`\r\ncontent-length: ${EVIL.length}\r\n`, 'gi'))?.length, 1)
    assert.equal(heard.match(/GET \/evil/g)?.length, 2)
  })

test('what can be read in one way alone is served, and framed anew', async (t) => {
  const backend = await startRecorder(t)
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${backend.url}" }]`)
  for (const [coding, chunks] of [
    ['chunked', '5\r\nhello\r\n0\r\n\r\n'],
    ['Chunked', '2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n'],
    ['chunked\t', '005\r\nhello\r\n000\r\n\r\n'],
    ['CHUNKED', '5;ext=1;q="a b"\r\nhello\r\n0;last\r\n\r\n'],
  ]) {
    const head = `${HEAD}Transfer-Encoding: ${coding}\r\n\r\n`
    assert.match(await exchange(port, head + chunks), /^HTTP\/1\.1 200 /)
    assert.deepEqual(valuesOf(backend.request(), 'transfer-encoding'), ['chunked'])
    const body = backend.request().slice(backend.request().indexOf('\r\n\r\n') + 4)
    assert.match(body, /^(?:5\r\nhello|2\r\nhe\r\n3\r\nllo)\r\n0\r\n\r\n$/)
  }
  assert.match(await exchange(port, `${HEAD}Content-Length: 5 \r\n\r\nhello`), /^HTTP\/1\.1 200 /)
  assert.deepEqual(valuesOf(backend.request(), 'content-length'), ['5'])
})

test('lines that Connection names stay on their hop, whatever its spelling', async (t) => {
  const backend = await startBackend(t)
  const route = `{ path: /**, to: "${backend.url}" }`
  const { port } = await startGateway(t, `routes: [${route}]`)
  await exchange(
    port,
    'GET /e HTTP/1.1\r\nHost: gw.test\r\nConnection: ,x-hop-a ,\tX-HOP-B\r\n' +
      'CONNECTION: keep-alive,,X-hop-c\r\nX-Hop-A: 1\r\nx-hop-b: 2\r\nX-HOP-C: 3\r\nX-Keep: yes\r\n\r\n',
  )
  assert.doesNotMatch(backend.received(), /x-hop/i)
  assert.match(backend.received(), /\r\nx-keep: yes\r\n/i)
})
