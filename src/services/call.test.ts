import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { FakeClock } from '#base/clock'
import { TimerWheel } from '#base/timer-wheel'
import { HeaderList } from '#http/header-list'
import type { CallRules } from '#sdk/call-rules'
import { Fault } from '#sdk/fault'
import type { Reply } from '#sdk/reply'
import { type Backend, startBackend } from '../../test/kit/backend.ts'
import { exchangeFor } from '../../test/kit/exchange.ts'
import { until } from '../../test/kit/until.ts'
import { BoundService } from './bound-service.ts'
import { createCallStates } from './call-states.ts'
import { PooledService } from './service.ts'
import { TargetStates } from './target-states.ts'

const TICK_MS = 25
/** Without a body, which nobody here would read. */
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'
const RULES: CallRules = {
  timeout: { connect: 0, response: 0, perTry: 0, idle: 0, total: 0 },
  retry: { attempts: 1, on: [], budget: 0 },
  circuitBreaker: undefined,
  concurrency: undefined,
  hedge: undefined,
  fallback: undefined,
  mirror: undefined,
}

/** A service of two targets that are asked by turns and answer when they are told to; its time stands still until told. */
async function setUp(t: TestContext, rules: Partial<CallRules>) {
  const asked: Backend['connections'][number][] = []
  const start = () =>
    startBackend(t, (connection, whole) => {
      if (!whole) return
      connection.received = ''
      asked.push(connection)
    })
  const backends = [await start(), await start()]
  const clock = new FakeClock()
  const wheel = new TimerWheel(clock, TICK_MS)
  const service = new PooledService(
    {
      name: 's',
      label: 's',
      host: 'keep',
      deadlineHeader: undefined,
      balance: 'roundRobin',
      slowStart: 0,
      isChecked: false,
      outlier: undefined,
      tls: undefined,
      plaintext: false,
      pool: { max: 9, maxIdle: 9, idleMs: 1e9, maxWaiting: 0, maxWaitMs: 0 },
    },
    clock,
    {
      wheel,
      readBuffer: Buffer.alloc(9_999),
      maxHeadBytes: 999,
      maxFields: 9,
      countConnections() {},
    },
    new TargetStates(),
    Buffer.alloc(32),
  )
  service.setTargets(backends.map(({ url }, slot) => ({ url, weight: 1, tier: 1, slot })))
  t.after(() => service.close())
  const slots = { budget: 0, breaker: undefined, limit: undefined }
  const shared = {
    calls: createCallStates(1),
    targets: new SharedArrayBuffer(0),
    processKey: Buffer.alloc(32),
    seat: 0,
    seats: 1,
  }
  const bound = new BoundService(service, { ...RULES, ...rules }, slots, shared)
  const request = {
    method: 'GET',
    path: '/',
    query: '',
    headers: new HeaderList(),
    body: undefined,
  }
  const call = (): { outcome: string } => {
    const told = { outcome: '' }
    bound.call(exchangeFor(), request).listen(
      ({ status }: Reply) => (told.outcome = String(status)),
      (fault) => (told.outcome = fault instanceof Fault ? fault.code : String(fault)),
    )
    return told
  }
  const advance = (ms: number): void => {
    clock.advance(ms)
    wheel.turn()
  }
  /** When so many requests have come, all told. */
  const whenAsked = (count: number): Promise<void> => until(() => asked.length >= count)
  return { asked, advance, call, whenAsked }
}

test('another target is asked when the delay is over, and not before', async (t) => {
  const { asked, advance, call, whenAsked } = await setUp(t, { hedge: { after: 100, budget: 1 } })
  const told = call()
  await whenAsked(1)
  advance(99)
  await new Promise((resolve) => void setImmediate(resolve))
  assert.equal(asked.length, 1)
  advance(1 + TICK_MS)
  await whenAsked(2)
  assert.notEqual(asked[0]!.socket.localPort, asked[1]!.socket.localPort)
  asked[1]!.socket.write(OK)
  await until(() => told.outcome === '200')
})

test('p90 of twenty replies is the delay of the next call', async (t) => {
  const { asked, advance, call, whenAsked } = await setUp(t, { hedge: { after: 'p90', budget: 1 } })
  for (let n = 1; n <= 20; n++) {
    const told = call()
    await whenAsked(n)
    advance(n <= 18 ? 200 : 2_000)
    asked.at(-1)!.socket.write(OK)
    await until(() => told.outcome === '200')
  }
  call()
  await whenAsked(21)
  advance(199)
  await new Promise((resolve) => void setImmediate(resolve))
  assert.equal(asked.length, 21)
  advance(60)
  await whenAsked(22)
})

test('a try has its time from its start to the head of its reply', async (t) => {
  const timeout = { ...RULES.timeout, perTry: 300 }
  const { asked, advance, call, whenAsked } = await setUp(t, { timeout })
  const late = call()
  await whenAsked(1)
  advance(299)
  assert.equal(late.outcome, '')
  advance(1 + TICK_MS)
  assert.equal(late.outcome, 'RESPONSE_TIMEOUT')
  const begun = call()
  await whenAsked(2)
  asked[1]!.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n')
  await until(() => begun.outcome === '200')
  advance(10_000)
  assert.equal(asked[1]!.socket.destroyed, false)
})

test('a try that timed out is made again on the other target, with as much time', async (t) => {
  const timeout = { ...RULES.timeout, perTry: 300 }
  const retry = { attempts: 2, on: ['timeout'] as const, budget: 1 }
  const { asked, advance, call, whenAsked } = await setUp(t, { timeout, retry })
  const told = call()
  await whenAsked(1)
  advance(300 + TICK_MS)
  advance(25 + TICK_MS) // the pause before
  await whenAsked(2)
  assert.notEqual(asked[0]!.socket.localPort, asked[1]!.socket.localPort)
  advance(200)
  asked[1]!.socket.write(OK)
  await until(() => told.outcome === '200')
})
