/** The ways in which one outcome may come: at once, by a promise, or by what can be handed over in the same turn. */

import type { Awaitable } from '#base/awaitable'
import { Pending } from '#base/pending'

export class Later<T> extends Pending<T> {
  give(value: T): void {
    this.settle(value)
  }

  break(thrown: unknown): void {
    this.reject(thrown)
  }
}

export function boom(): never {
  throw new Error('boom')
}

export const WAYS: Readonly<Record<string, <T>(make: () => T) => Awaitable<T>>> = {
  'at once': (make) => make(),
  promised: async (make) => {
    await Promise.resolve()
    return make()
  },
  pending: (make) => {
    const later = new Later<ReturnType<typeof make>>()
    process.nextTick(() => {
      try {
        later.give(make())
      } catch (thrown) {
        later.break(thrown)
      }
    })
    return later
  },
}
