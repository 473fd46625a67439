/** What the bookkeeping of a call costs: who is up, who is asked, breaker, budget, places, failures. No more than a microsecond. */

import { systemClock } from '#base/clock'
import { TimerWheel } from '#base/timer-wheel'
import { Budget } from '#services/budget'
import { createCallStates } from '#services/call-states'
import { CircuitBreaker } from '#services/circuit-breaker'
import { ConcurrencyLimit } from '#services/concurrency'
import { PooledService } from '#services/service'
import { TargetStates } from '#services/target-states'
import { exchangeFor } from '../../test/kit/exchange.ts'
import { nanoseconds } from './nanoseconds.ts'

const MOST_NS = 1_000
const SEATS = 12

const ex = exchangeFor()
const wheel = new TimerWheel(systemClock, 25)
const states = createCallStates(SEATS)

const service = new PooledService(
  {
    name: 's',
    label: 's',
    host: 'keep',
    deadlineHeader: undefined,
    balance: 'leastRequests',
    slowStart: 30_000,
    isChecked: true,
    outlier: {
      after: 5,
      eject: 30_000,
      maxEjected: 0.5,
      share: { errorRate: 0.5, minRequests: 20 },
    },
    tls: undefined,
    plaintext: false,
    pool: { max: 100, maxIdle: 10, idleMs: 60_000, maxWaiting: 10, maxWaitMs: 5_000 },
  },
  systemClock,
  {
    wheel,
    readBuffer: Buffer.alloc(1_024),
    maxHeadBytes: 1_024,
    maxFields: 10,
    countConnections() {},
  },
  new TargetStates(),
  Buffer.alloc(32),
)
service.setTargets(
  [1, 2, 3, 4].map((n) => ({ url: `http://127.0.0.1:${n}`, weight: n, tier: 1, slot: n })),
)
const breaker = new CircuitBreaker(
  { errorRate: 0.5, minRequests: 20, open: 10_000 },
  states.breakers,
  1,
)
const budget = new Budget(0.2, states.retryBudgets, 1)
const limit = new ConcurrencyLimit(
  { max: 500, queue: 100, timeout: 1_000 },
  wheel,
  states.limits,
  1,
  { seat: 0, seats: SEATS },
)
const waiter = { onPlace() {}, onNoPlace() {} }

nanoseconds('which target: least requests of 4, checked', () => service.pick(ex, undefined))
nanoseconds('breaker: let through, and ended well', () =>
  breaker.record(breaker.admit(systemClock.shared())!, true, systemClock.shared()),
)
nanoseconds('outlier: the target did well', () =>
  service.report(service.pick(ex, undefined)!, true),
)
nanoseconds('concurrency: in and out, of 12 seats', () => {
  limit.enter(waiter)
  limit.leave()
})
const all = nanoseconds('all of it', () => {
  budget.earn()
  const pass = breaker.admit(systemClock.shared())!
  limit.enter(waiter)
  const target = service.pick(ex, undefined)!
  service.report(target, true)
  breaker.record(pass, true, systemClock.shared())
  limit.leave()
})
if (all > MOST_NS) {
  console.log(`more than ${MOST_NS} ns`)
  process.exitCode = 1
}
