import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList } from '#http/header-list'
import { Fault } from '#sdk/fault'
import { Reply } from '#sdk/reply'
import type { Service } from '#sdk/service'
import { exchangeFor } from '../../test/kit/exchange.ts'
import { boom, WAYS } from '../../test/kit/ways.ts'
import { WithFallback } from './fallback.ts'

const REQUEST = { method: 'GET', path: '/', query: '', headers: new HeaderList(), body: undefined }
const RULES = { by: { to: 'two' }, on: ['connect', 'unavailable', 503] as const }

function service(name: string, call: Service['call']): Service {
  return { name, call }
}

function withFallback(first: Service['call'], second: Service['call'] = () => new Reply(200)) {
  const said: unknown[] = []
  const log = { warn: (...words: unknown[]) => void said.push(words), error: boom }
  return { said, kept: new WithFallback(service('one', first), RULES, service('two', second), log) }
}

for (const [way, arrive] of Object.entries(WAYS)) {
  test(`the warning says which request fell back, and why: ${way}`, async () => {
    const { kept, said } = withFallback(() =>
      arrive(() => {
        throw new Fault('SERVICE_REFUSED', 'ECONNREFUSED')
      }),
    )
    assert.equal((await kept.call(exchangeFor(), REQUEST)).status, 200)
    const where = { requestId: '0'.repeat(32), route: 'route', service: 'one' }
    assert.deepEqual(said, [
      [
        'a fallback answers for a service',
        { ...where, fault: 'SERVICE_REFUSED', cause: 'ECONNREFUSED' },
      ],
    ])
  })
}

test('the body of a reply that nobody gets is not left standing', async () => {
  let aborted = 0
  const body = { start: boom, pause() {}, resume() {}, abort: () => void aborted++ }
  const { kept, said } = withFallback(() => new Reply(503, new HeaderList(), body, 'service'))
  assert.equal((await kept.call(exchangeFor(), REQUEST)).status, 200)
  assert.equal(aborted, 1)
  assert.equal(said.length, 1)
})

test('a fault of the client, and one of the gateway, stays what it is', async () => {
  for (const code of ['CLIENT_GONE', 'BODY_TOO_LARGE', 'INTERNAL', 'DRAINING'] as const) {
    const fault = new Fault(code)
    const { kept, said } = withFallback(() => Promise.reject(fault), boom)
    await assert.rejects(async () => kept.call(exchangeFor(), REQUEST), fault)
    assert.deepEqual(said, [])
  }
})
