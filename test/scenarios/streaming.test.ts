import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { freePort } from '../kit/free-port.ts'
import { startProcess } from '../kit/gateway-process.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { until } from '../kit/until.ts'

const MIB = 1_048_576
const GIB = 1_024 * MIB
const PIECE = Buffer.alloc(MIB / 4, 'portcullis')

/** Writes so many bytes of the pattern as fast as they are taken; tells how many were. */
function pour(socket: Socket, bytes: number): { poured: number } {
  const progress = { poured: 0 }
  const push = (): void => {
    while (progress.poured < bytes && !socket.destroyed) {
      progress.poured += PIECE.length
      if (!socket.write(PIECE)) return
    }
  }
  socket.on('drain', push)
  push()
  return progress
}

/** Counts the bytes behind the head, and how many pieces of them were not as they should be. */
class Gauge {
  head = ''
  bytes = 0
  wrong = 0

  take(piece: Buffer): void {
    if (!this.head.includes('\r\n\r\n')) {
      const end = piece.indexOf('\r\n\r\n') + 4
      this.head = piece.toString('latin1', 0, end)
      piece = piece.subarray(end)
    }
    for (let at = 0; at < piece.length;) {
      const from = (this.bytes + at) % PIECE.length
      const length = Math.min(PIECE.length - from, piece.length - at)
      if (piece.compare(PIECE, from, from + length, at, at + length) !== 0) this.wrong++
      at += length
    }
    this.bytes += piece.length
  }
}

/** A service that pours out what `/N` says, and takes what is uploaded; a gateway in a process of its own before it. */
async function setUp(t: TestContext) {
  const downloads: { poured: number }[] = []
  const server = createServer((socket) => {
    const upload = new Gauge()
    socket.on('error', () => {})
    socket.on('data', (piece) => {
      upload.take(piece)
      const length = Number(/content-length: (\d+)/.exec(upload.head)?.[1] ?? 0)
      if (upload.bytes < length) return
      const asked = Number(/^GET \/(\d+)/.exec(upload.head)?.[1] ?? 0)
      const said = asked > 0 ? asked : `${upload.bytes} ${upload.wrong}`.length
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${said}\r\n\r\n`)
      if (asked > 0) downloads.push(pour(socket, asked))
      else socket.write(`${upload.bytes} ${upload.wrong}`)
      Object.assign(upload, { head: '', bytes: 0 })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port: service } = server.address() as { port: number }
  const port = await freePort()
  const admin = await freePort()
  const folder = await temporaryFolder(t, {
    'portcullis.yaml':
      `listen: 127.0.0.1:${port}\nworkers: 1\nadmin: { port: ${admin} }\n` +
      `routes: [{ path: /**, to: "http://127.0.0.1:${service}" }, { path: /ping, respond: pong }]\n`,
  })
  const gateway = await startProcess(t, join(folder, 'portcullis.yaml'))
  const rss = (): number =>
    1_024 *
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.child.pid}/status`, 'utf8'))![1])

  const download = async (bytes: number): Promise<{ socket: Socket; gauge: Gauge }> => {
    const socket = connect(port, '127.0.0.1')
    t.after(() => socket.destroy())
    const gauge = new Gauge()
    socket.on('data', (piece) => gauge.take(piece))
    socket.write(`GET /${bytes} HTTP/1.1\r\nHost: gw.test\r\nConnection: close\r\n\r\n`)
    return { socket, gauge }
  }
  const upload = async (bytes: number): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    let reply = ''
    socket.on('data', (piece) => (reply += String(piece)))
    socket.write(
      `POST /up HTTP/1.1\r\nHost: gw.test\r\nConnection: close\r\nContent-Length: ${bytes}\r\n\r\n`,
    )
    pour(socket, bytes)
    await once(socket, 'close')
    return reply.slice(reply.indexOf('\r\n\r\n') + 4)
  }
  /** Runs it; returns how large the gateway was at its worst. */
  const mostDuring = async (work: () => Promise<void>): Promise<number> => {
    let most = rss()
    const watch = setInterval(() => (most = Math.max(most, rss())), 20)
    await work().finally(() => clearInterval(watch))
    return Math.max(most, rss())
  }
  const ping = async (): Promise<number> => {
    const since = performance.now()
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/ping`)).text(), 'pong')
    return performance.now() - since
  }
  const taken = (): number => downloads.reduce((sum, { poured }) => sum + poured, 0)
  return { download, upload, mostDuring, ping, taken }
}

test('STR-01: what streams through is not kept, however much it is and however slowly it is read', async (t) => {
  const { download, upload, mostDuring, ping, taken } = await setUp(t)
  const whole = async (bytes: number): Promise<void> => {
    const { socket, gauge } = await download(bytes)
    await once(socket, 'close')
    assert.deepEqual([gauge.bytes, gauge.wrong], [bytes, 0])
  }
  // The collector lets some tens of MiB of dead pieces lie before it takes them away: what counts is what comes on top.
  const warm = await mostDuring(async () => {
    await whole(128 * MIB)
    assert.equal(await upload(128 * MIB), `${128 * MIB} 0`)
    await ping()
  })
  const less = (most: number, mib: number): void => {
    const grown = Math.round((most - warm) / MIB)
    assert.ok(grown < mib, `the gateway grew by ${grown} MiB`)
  }
  await t.test('a download of 1 GiB', async () => less(await mostDuring(() => whole(GIB)), 64))
  await t.test('an upload of 1 GiB', async () => {
    const grown = await mostDuring(async () => assert.equal(await upload(GIB), `${GIB} 0`))
    less(grown, 64)
  })
  await t.test('ten downloads whose readers stop; others are served meanwhile', async () => {
    const begun = taken()
    const grown = await mostDuring(async () => {
      const clients = await Promise.all(Array.from({ length: 10 }, () => download(100 * MIB)))
      await until(() => clients.every(({ gauge }) => gauge.bytes > 0))
      for (const { socket } of clients) socket.pause()
      let before = taken()
      let since = performance.now()
      await until(() => {
        if (taken() !== before) since = performance.now()
        before = taken()
        return performance.now() - since > 300
      })
      for (const end = performance.now() + 2_000; performance.now() < end;) {
        assert.ok((await ping()) < 250) // room for a machine that is busy itself
        await new Promise((resolve) => void setTimeout(resolve, 100))
      }
      assert.equal(taken(), before, 'the services are still taken from')
      assert.ok(before - begun < 10 * 32 * MIB, `${before - begun} bytes were taken`)
      for (const { socket } of clients) socket.resume()
      await Promise.all(clients.map(({ socket }) => once(socket, 'close')))
      for (const { gauge } of clients) assert.deepEqual([gauge.bytes, gauge.wrong], [100 * MIB, 0])
    })
    less(grown, 100)
  })
  await t.test('ten uploads at once', async () => {
    const grown = await mostDuring(async () => {
      const all = await Promise.all(Array.from({ length: 10 }, () => upload(100 * MIB)))
      assert.deepEqual(new Set(all), new Set([`${100 * MIB} 0`]))
    })
    less(grown, 100)
  })
})
