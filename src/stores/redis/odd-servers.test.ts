import assert from 'node:assert/strict'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { StoreFailure } from '#sdk/index'
import { openStore } from '../../../test/kit/redis-store.ts'

/** It lets everyone in, and answers each script so. */
async function oddServer(t: TestContext, answer: string): Promise<{ url: string }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (piece) => {
      for (const [command] of String(piece).matchAll(
        /^(?:info|script|evalsha|eval|get|set|del)$/gim,
      ))
        socket.write(/^info$/i.test(command) ? '$9\r\nloading:0\r\n' : answer)
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const ANSWERS: Readonly<Record<string, string>> = {
  'no password': '-NOAUTH Authentication required.\r\n',
  'a replica': "-READONLY You can't write against a read only replica.\r\n",
  'another node': '-MOVED 3999 127.0.0.1:1\r\n',
  'still loading': '-LOADING Redis is loading the dataset in memory\r\n',
  'no memory': "-OOM command not allowed when used memory > 'maxmemory'.\r\n",
  'nobody may': '-NOPERM this user has no permissions\r\n',
  'no scripts at all': '-NOSCRIPT No matching script.\r\n',
  'a number': ':5\r\n',
  nothing: '$-1\r\n',
  'a list': '*1\r\n$1\r\nx\r\n',
  'words of its own': '$5\r\nhello\r\n',
  'fewer than were asked': '$1\r\n5\r\n',
  'no numbers': '$9\r\n5;1 x 2 3\r\n',
  'another protocol': 'HTTP/1.1 400 Bad Request\r\n\r\n',
  'half an answer': '$100\r\nabc',
}

for (const [what, answer] of Object.entries(ANSWERS))
  test(`a server that says ${what} fails as a store does, and never otherwise`, async (t) => {
    const { url } = await oddServer(t, answer)
    const store = await openStore(t, { url, timeout: '200ms' })
    const rate = { algorithm: 'fixedWindow', limit: 1, periodMs: 1_000 } as const
    const ask = (): Promise<unknown> =>
      Promise.all([
        store.counters.consume([{ key: 'k', rate, cost: 1 }]),
        // Nothing may be left that nobody hears of.
        Promise.resolve(store.replies.get('k')).catch(() => {}),
      ])
    for (let n = 0; n < 8; n++) await assert.rejects(ask, StoreFailure)
  })
