import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'

const START = ['--conditions=source', join(import.meta.dirname, 'start.ts')]

function quickstart(port: number) {
  const env = { ...process.env, PORT: String(port) }
  return spawn(process.execPath, START, { env, stdio: ['ignore', 'ignore', 'pipe'] })
}

test('every line that the quickstart offers is answered, and all ends on Ctrl-C', async (t) => {
  const child = quickstart(0)
  t.after(() => child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  const urls: string[] = []
  for await (const line of createInterface({ input: child.stderr })) {
    const url = /curl '([^']+)'/.exec(line)?.[1]
    if (url !== undefined) urls.push(url)
    if (urls.length === 2) break
  }
  child.stderr.resume()
  const replies = await Promise.all(urls.map(async (url) => (await fetch(url)).json()))
  assert.deepEqual(
    replies.map((reply) => (reply as { id: number }[]).map(({ id }) => id)),
    [
      [1, 2],
      [1, 2],
    ],
  )
  child.kill('SIGINT')
  assert.deepEqual(await exited, [0, null])
})

test('a taken port is told, with a way to choose another', async (t) => {
  const holder = createServer().listen(0)
  await once(holder, 'listening')
  t.after(() => holder.close())
  const child = quickstart((holder.address() as AddressInfo).port)
  t.after(() => child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  let said = ''
  for await (const piece of child.stderr) said += String(piece)
  assert.match(said, /not started: .*port/)
  assert.match(said, /PORT=8081 npm start/)
  assert.deepEqual(await exited, [1, null])
})
