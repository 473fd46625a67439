import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList } from '#http/header-list'
import { exchangeFor } from '../../../test/kit/exchange.ts'
import type { Balanced } from './balancer.ts'
import { createBalancer, type Balance } from './index.ts'

class Target implements Balanced {
  readonly url: string
  readonly weight: number
  load = 0

  constructor(url: string, weight = 1) {
    this.url = url
    this.weight = weight
  }
}

const ask = (tenant?: string) =>
  exchangeFor({ headers: new HeaderList(tenant === undefined ? [] : ['x-tenant', tenant]) })

function count(
  balance: Balance,
  targets: readonly Target[],
  picks: number,
  after: (target: Target) => void = () => {},
): Map<string, number> {
  const balancer = createBalancer(balance, targets)
  const counts = new Map(targets.map(({ url }) => [url, 0]))
  for (let n = 0; n < picks; n++) {
    const target = balancer.pick(ask(`tenant ${n}`))!
    counts.set(target.url, counts.get(target.url)! + 1)
    after(target)
  }
  return counts
}

const HASH: Balance = { hash: ['header:x-tenant'] }
const ALL: readonly Balance[] = ['roundRobin', 'random', 'leastRequests', HASH]

test('each way shares by weight', () => {
  for (const balance of ALL) {
    const counts = count(balance, [new Target('a', 3), new Target('b', 1)], 20_000)
    const share = counts.get('a')! / 20_000
    assert.ok(Math.abs(share - 0.75) < 0.06, `${JSON.stringify(balance)}: ${share}`)
  }
})

test('one target gets all, and of none there is none to pick', () => {
  for (const balance of ALL) {
    assert.deepEqual([...count(balance, [new Target('a')], 100)], [['a', 100]])
    assert.equal(createBalancer(balance, []).pick(ask('t')), undefined)
  }
})

test('leastRequests keeps away from a target that is slow to answer', () => {
  const targets = Array.from({ length: 10 }, (_, n) => new Target(String(n)))
  const slow = targets[0]!
  const counts = count('leastRequests', targets, 10_000, (target) => {
    if (target === slow) target.load++ // it never answers; the others do at once
  })
  assert.ok(counts.get('0')! < 200, String(counts.get('0')))
})

test('hash: the same key has the same target, whoever asks', () => {
  const targets = ['a', 'b', 'c', 'd'].map((url) => new Target(url))
  const one = createBalancer(HASH, targets)
  const other = createBalancer(HASH, targets.toReversed())
  for (let n = 0; n < 1_000; n++) {
    assert.equal(one.pick(ask(`t${n}`))!.url, other.pick(ask(`t${n}`))!.url)
  }
})

test('hash: when a target goes, its keys move and no others; when one comes, about its share', () => {
  const targets = Array.from({ length: 10 }, (_, n) => new Target(`http://10.0.0.${n}:80`))
  const before = createBalancer(HASH, targets)
  const fewer = createBalancer(HASH, targets.slice(1))
  const more = createBalancer(HASH, [...targets, new Target('http://10.0.0.99:80')])
  let movedByComing = 0
  for (let n = 0; n < 5_000; n++) {
    const home = before.pick(ask(`t${n}`))!
    if (home !== targets[0]) assert.equal(fewer.pick(ask(`t${n}`)), home)
    if (more.pick(ask(`t${n}`))! !== home) movedByComing++
  }
  assert.ok(movedByComing < 5_000 * 0.18, String(movedByComing))
})

test('hash: a key that everyone asks for does not overrun its target', () => {
  const targets = ['a', 'b', 'c', 'd'].map((url) => new Target(url))
  const balancer = createBalancer(HASH, targets)
  for (let n = 0; n < 400; n++) balancer.pick(ask('popular'))!.load++
  for (const { url, load } of targets) assert.ok(load <= 126, `${url} has ${load} of 400`)
})

test('hash: weights are shares, however large they are', () => {
  const counts = count(
    HASH,
    [new Target('a', 3_000_000_000_000), new Target('b', 1_000_000_000_000)],
    20_000,
  )
  const share = counts.get('a')! / 20_000
  assert.ok(Math.abs(share - 0.75) < 0.06, String(share))
})

test('hash: of targets with large weights few keys move too when one comes', () => {
  const targets = Array.from({ length: 10 }, (_, n) => new Target(`http://10.0.0.${n}:80`, 100))
  const before = createBalancer(HASH, targets)
  const more = createBalancer(HASH, [...targets, new Target('http://10.0.0.99:80', 100)])
  let moved = 0
  for (let n = 0; n < 5_000; n++) if (more.pick(ask(`t${n}`)) !== before.pick(ask(`t${n}`))) moved++
  assert.ok(moved < 5_000 * 0.18, String(moved))
})

test('hash: requests without the key are spread', () => {
  const targets = ['a', 'b'].map((url) => new Target(url))
  const balancer = createBalancer(HASH, targets)
  const picked = new Set(Array.from({ length: 100 }, () => balancer.pick(ask())!.url))
  assert.equal(picked.size, 2)
})
