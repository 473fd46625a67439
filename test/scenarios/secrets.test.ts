import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { freePort } from '../kit/free-port.ts'
import { startBackend } from '../kit/backend.ts'
import { startProcess } from '../kit/gateway-process.ts'
import { exchange } from '../kit/raw-client.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { until } from '../kit/until.ts'

const SECRET = 'hunter2'
const FIELDS =
  `Host: gw.test\r\nAuthorization: Bearer ${SECRET}\r\nCookie: session=${SECRET}\r\nX-Api-Key: ${SECRET}\r\n` +
  `Proxy-Authorization: Basic ${SECRET}\r\nReferer: https://a.test/?token=${SECRET}\r\n`
const query = `?token=${SECRET}`
const ask = (target: string, fields = FIELDS): string => `GET ${target} HTTP/1.1\r\n${fields}\r\n`
const upload = (more: string): string => ask('/ok', FIELDS + more).replace('GET', 'POST')

/** Each ends in a line of the access log; all but the first few in one of the error log as well. */
const asked: readonly string[] = [
  ask(`/ok${query}`),
  `${upload(`Content-Length: ${SECRET.length}\r\n`)}${SECRET}`,
  ask(`/%zz${query}`),
  ask(`/nowhere${query}`),
  ask(`/refused${query}`),
  ask(`/reset${query}`),
  ask(`/babble${query}`),
  ask(`/cut${query}`),
  ask(`/ok#token=${SECRET}`),
  ask(query),
  ask(`http://user:${SECRET}@gw.test/ok`),
  ask(`http://gw.test${query}#${SECRET}`),
  ask(`user:${SECRET}@gw.test:80`),
  ask('/ok', FIELDS.replace('gw.test', `user:${SECRET}@gw.test`)),
  ask(`/ok${query}`).replace('1.1', '2.0'),
  ask(`/ok${query}`, `${FIELDS}Authorization : ${SECRET}\r\n`),
  ask(`/ok${query}`, `${FIELDS}Cookie: a=${SECRET.repeat(6_000)}\r\n`),
  ask(`/${query}${'x'.repeat(9_000)}`),
  upload(`Content-Length: ${SECRET}\r\n`),
  `${upload('Transfer-Encoding: chunked\r\n')}${SECRET}\r\n`,
  ask(`/ok${query}`, `${FIELDS}Expect: ${SECRET}\r\n`),
]

test('no credential, no query and no body comes into a log, whatever becomes of the request', async (t) => {
  const backend = await startBackend(t, ({ socket, received }, whole) => {
    const path = /^\w+ ([^ ?]*)/.exec(received)?.[1]
    if (!whole) return
    if (path === '/reset') socket.resetAndDestroy()
    else if (path === '/babble') socket.end(`HTTP/1.1 ${SECRET}\r\n\r\n`)
    else if (path === '/cut') socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n${SECRET}`)
    else socket.end(`HTTP/1.1 200 OK\r\nSet-Cookie: a=${SECRET}\r\nContent-Length: 0\r\n\r\n`)
  })
  const port = await freePort()
  const admin = await freePort()
  const closed = await freePort()
  const folder = await temporaryFolder(t, {
    'portcullis.yaml':
      `listen: 127.0.0.1:${port}\nworkers: 1\nadmin: { port: ${admin} }\n` +
      'observe: { accessLog: { to: "file:access.log" } }\n' +
      `routes:\n  - { path: [/ok, /reset, /babble, /cut], to: "${backend.url}" }\n` +
      `  - { path: /refused, to: "http://127.0.0.1:${closed}" }\n`,
  })
  const gateway = await startProcess(t, join(folder, 'portcullis.yaml'))
  const access = (): string[] =>
    readFileSync(join(folder, 'access.log'), 'utf8').split('\n').slice(0, -1)
  const errors = (): string[] =>
    gateway
      .said()
      .split('\n')
      .filter((line) => line.startsWith('{'))
  for (const text of asked) assert.match(await exchange(port, text), /^HTTP\/1\.1 [245]/)
  await until(() => access().length === asked.length)
  await until(() => errors().length === access().filter((line) => line.includes('"fault"')).length)

  assert.ok(errors().length >= asked.length - 2, 'most of these are meant to go wrong')
  for (const line of [...access(), ...errors()]) {
    assert.doesNotMatch(line, new RegExp(SECRET))
    assert.doesNotMatch(line, /token|session|Bearer/)
  }
  const metrics = await (await fetch(`http://127.0.0.1:${admin}/metrics`)).text()
  assert.doesNotMatch(metrics, new RegExp(SECRET))
})
