/** A store in Redis as a worker has it, without the gateway around it. */

import type { TestContext } from 'node:test'
import { systemClock } from '#base/clock'
import type { Store } from '#sdk/index'
import { redis } from '#stores/redis/store'
import { quietHost } from './exchange.ts'

/** Resolves when it is connected, or known not to be. */
export async function openStore(t: TestContext, written: unknown, gateway = 'g'): Promise<Store> {
  const store = redis.create(redis.options.parse(written), {
    clock: systemClock,
    log: quietHost.log,
    gateway,
    worker: 0,
    workers: 1,
    shared: new SharedArrayBuffer(0),
  })
  t.after(() => store.close?.())
  await store.opened
  return store
}
