import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { FakeClock } from '#base/clock'
import { TimerWheel } from '#base/timer-wheel'
import { startBackend } from '../../test/kit/backend.ts'
import { until } from '../../test/kit/until.ts'
import { type ConnectionWaiter, Pool, type PoolLimits } from './pool.ts'

function waiter(): ConnectionWaiter & { outcome: string } {
  return {
    outcome: '',
    onConnection() {
      this.outcome = 'connection'
    },
    onNoConnection(fault) {
      this.outcome = fault.code
    },
  }
}

/** A pool of connections to a backend, and what it counts. */
async function setUp(t: TestContext, limits: Pick<PoolLimits, 'max' | 'maxIdle'>) {
  const backend = await startBackend(t)
  const clock = new FakeClock()
  const wheel = new TimerWheel(clock, 25)
  const count = { open: 0, idle: 0 }
  const pool = new Pool(
    { host: '127.0.0.1', port: backend.port },
    { ...limits, idleMs: 1_000, maxWaiting: 2, maxWaitMs: 500 },
    {
      wheel,
      readBuffer: Buffer.alloc(1_024),
      maxHeadBytes: 1_024,
      maxFields: 10,
      countConnections(open, idle) {
        count.open += open
        count.idle += idle
      },
    },
  )
  t.after(() => pool.close())
  return { backend, clock, wheel, count, pool }
}

test('who waits for a connection does so for a bounded time, and in a bounded queue', async (t) => {
  const { backend, clock, wheel, count, pool } = await setUp(t, { max: 1, maxIdle: 1 })
  const [first, second, third, fourth] = [waiter(), waiter(), waiter(), waiter()]
  pool.take(first, false)
  pool.take(second, false)
  clock.advance(300)
  pool.take(third, false)
  pool.take(fourth, false)
  assert.deepEqual([first.outcome, second.outcome, third.outcome], ['connection', '', ''])
  assert.equal(fourth.outcome, 'CONNECTIONS_FULL')
  clock.advance(250)
  wheel.turn()
  assert.deepEqual([second.outcome, third.outcome], ['CONNECTIONS_FULL', ''])
  clock.advance(300)
  wheel.turn()
  assert.equal(third.outcome, 'CONNECTIONS_FULL')
  assert.equal(count.open, 1)
  await until(() => backend.open() === 1)
})

test('a pool that is closed lets its idle connections go, and their end surprises nobody', async (t) => {
  const { backend, count, pool } = await setUp(t, { max: 9, maxIdle: 9 })
  for (let i = 0; i < 3; i++) {
    pool.take(
      {
        onConnection: (connection) => pool.onIdle(connection, undefined),
        onNoConnection() {},
      },
      true,
    )
  }
  await until(() => backend.open() === 3)
  assert.deepEqual(count, { open: 3, idle: 3 })
  pool.close()
  await until(() => backend.open() === 0)
  assert.deepEqual(count, { open: 0, idle: 0 })
})
