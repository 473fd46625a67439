import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { type Recorder, startRecorder } from '../kit/recorder.ts'

test('HST-10: a reply names the gateway where it named the service, and all others byte for byte', async (t) => {
  let told = ''
  const service: Recorder = await startRecorder(t, () => {
    const lines = told.replaceAll('{target}', `127.0.0.1:${service.port}`)
    return `HTTP/1.1 302 Found\r\n${lines}\r\nContent-Length: 0\r\n\r\n`
  })
  const { port } = await startGateway(
    t,
    `routes:
  - { path: /**, to: "${service.url}" }
  - { path: /app/**, to: "${service.url}", stripPrefix: /app }
  - { path: /based/**, to: "${service.url}/base" }
`,
  )
  const seen = async (path: string, lines: string): Promise<string> => {
    told = lines
    const reply = await exchange(port, `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n\r\n`)
    const [line] = /(?<=\r\n)(?:content-location|location|set-cookie): .*(?=\r\n)/.exec(reply)!
    return line
  }
  const cases: readonly (readonly [path: string, said: string, passedOn: string])[] = [
    ['/go', 'location: http://{target}/x', 'location: http://gw.test/x'],
    ['/go', 'location: HTTP://{target}/x?y#z', 'location: http://gw.test/x?y#z'],
    ['/go', 'location: http://{target}', 'location: http://gw.test'],
    ['/go', 'content-location: http://{target}/x', 'content-location: http://gw.test/x'],
    ['/app/go', 'location: http://{target}/x', 'location: http://gw.test/app/x'],
    ['/app/go', 'location: /x', 'location: /app/x'],
    ['/based/go', 'location: http://{target}/base/x', 'location: http://gw.test/x'],
    ['/based/go', 'location: /base', 'location: /'],
    ['/based/go', 'location: /base?x', 'location: /?x'],
    ['/based/go', 'location: /base/x', 'location: /x'],
    ['/based/go', 'location: /based/x', 'location: /based/x'],
    ['/based/go', 'location: /base//evil.test/', 'location: /base//evil.test/'],
    ['/go', 'set-cookie: a=1; Domain=127.0.0.1; Path=/', 'set-cookie: a=1; Path=/'],
    ['/app/go', 'set-cookie: a=1; Path=/x; HttpOnly', 'set-cookie: a=1; Path=/app/x; HttpOnly'],
  ]
  for (const [path, said, passedOn] of cases) assert.equal(await seen(path, said), passedOn, said)
  for (const said of [
    'location: https://idp.example/login?next=http://127.0.0.1:9001/',
    'location: //cdn.example/y',
    'location: x/y',
    'location: ?x',
    'location: http://127.0.0.1.evil.test/',
    'location: http://127.0.0.1:1/x',
    'location: mailto:a@b',
    'location: http://gw.test/app/x',
    'location: ',
    'set-cookie: a=http://127.0.0.1/; Domain=other.test; Path=/app/x',
  ])
    assert.equal(await seen('/app/go', said), said)
})
