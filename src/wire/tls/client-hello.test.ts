import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { connect, type ConnectionOptions } from 'node:tls'
import { array, assert as assertAll, nat, property, tuple } from 'fast-check'
import { readHello } from './client-hello.ts'

const serverNameIn = (bytes: Buffer): string | undefined => {
  const hello = readHello(bytes)
  return hello === undefined ? 'more' : hello.name
}

/** The first words of the runtime's own client. */
async function helloOf(t: TestContext, options: ConnectionOptions): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const client = connect({ port, host: '127.0.0.1', ...options }).on('error', () => {})
  const [socket] = (await once(server, 'connection')) as [Socket]
  let bytes = Buffer.alloc(0)
  while (serverNameIn(bytes) === 'more') {
    const [piece] = (await once(socket, 'data')) as [Buffer]
    bytes = Buffer.concat([bytes, piece])
  }
  client.destroy()
  socket.destroy()
  return bytes
}

test('reads the name that a client asks for, in whatever pieces and records it comes', async (t) => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const hello = await helloOf(t, { servername: 'a.gw.test', maxVersion })
    assert.equal(serverNameIn(hello), 'a.gw.test')
    for (let end = 0; end < hello.length; end++)
      assert.equal(serverNameIn(hello.subarray(0, end)), 'more')
    const body = hello.subarray(5)
    for (const at of [1, 3, 4, 50, body.length - 1]) {
      const records = [body.subarray(0, at), body.subarray(at)].map((piece) => {
        const head = Buffer.from([22, 3, 1, 0, 0])
        head.writeUInt16BE(piece.length, 3)
        return Buffer.concat([head, piece])
      })
      assert.equal(serverNameIn(Buffer.concat(records)), 'a.gw.test', `in two, at ${at}`)
    }
  }
})

test('a client that names nothing, and one that does not speak TLS, ask for no name', async (t) => {
  assert.equal(serverNameIn(await helloOf(t, {})), undefined)
  assert.equal(serverNameIn(Buffer.from('GET / HTTP/1.1\r\n')), undefined)
  assert.equal(serverNameIn(Buffer.from([22, 3, 1, 0, 0])), undefined)
  assert.equal(
    serverNameIn(Buffer.concat([Buffer.from([22, 3, 1, 255, 255, 1]), Buffer.alloc(20_000)])),
    undefined,
  )
})

test('whatever comes, it answers and never fails', async (t) => {
  const hello = await helloOf(t, { servername: 'a.gw.test' })
  assertAll(
    property(
      array(tuple(nat(hello.length - 1), nat(255)), { minLength: 1, maxLength: 5 }),
      (changes) => {
        const changed = Buffer.from(hello)
        for (const [at, value] of changes) changed[at] = value
        const name = serverNameIn(changed)
        return name === undefined || typeof name === 'string'
      },
    ),
  )
})
