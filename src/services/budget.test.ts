import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Budget, BUDGET_BYTES } from './budget.ts'

const spendAll = (budget: Budget): number => {
  let spent = 0
  while (budget.spend()) spent++
  return spent
}

test('ten other tries are free, and each call earns its share of one more', () => {
  const budget = new Budget(0.2, new SharedArrayBuffer(BUDGET_BYTES), 0)
  assert.equal(spendAll(budget), 10)
  for (let calls = 0; calls < 14; calls++) budget.earn()
  assert.equal(spendAll(budget), 2, 'fourteen fifths are two, and a rest')
  budget.earn()
  assert.equal(spendAll(budget), 1)
})

test('no more than ten are saved up', () => {
  const budget = new Budget(1, new SharedArrayBuffer(BUDGET_BYTES), 0)
  for (let calls = 0; calls < 100; calls++) budget.earn()
  assert.equal(spendAll(budget), 10)
})

test('the smallest share counts', () => {
  const budget = new Budget(0.00001, new SharedArrayBuffer(BUDGET_BYTES), 0)
  spendAll(budget)
  for (let calls = 0; calls < 99_999; calls++) budget.earn()
  assert.equal(budget.spend(), false)
  budget.earn()
  assert.equal(budget.spend(), true)
})

test('a budget is one for all threads, and exact', async () => {
  const memory = new SharedArrayBuffer(BUDGET_BYTES)
  const workers = [1, 2, 3].map(() => new Worker(SPENDER, { workerData: memory }))
  const spent = await Promise.all(
    workers.map(async (one) => Number((await once(one, 'message'))[0])),
  )
  const rest = spendAll(new Budget(0.1, memory, 0))
  const total = spent.reduce((sum, count) => sum + count, rest)
  assert.equal(total, 10 + 30_000 * 0.1)
})

/** A full budget earns nothing, so it is emptied first. */
const SPENDER = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, workerData } from 'node:worker_threads'
    const { Budget } = await import(${JSON.stringify(import.meta.resolve('./budget.ts'))})
    const budget = new Budget(0.1, workerData, 0)
    let spent = 0
    while (budget.spend()) spent++
    for (let n = 0; n < 10000; n++) {
      budget.earn()
      if (budget.spend()) spent++
    }
    parentPort.postMessage(spent)
  `)}`,
)
