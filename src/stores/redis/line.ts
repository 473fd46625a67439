/** How Redis is asked: not for long, and not while it does not answer. Whatever goes wrong is a StoreFailure. */

import { type Clock, StoreFailure } from '#sdk/index'
import { Breaker } from './breaker.ts'
import type { Commands, Connection } from './connection.ts'
import { Deadlines } from './deadlines.ts'

export class Line {
  readonly #connection: Connection
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #deadlines: Deadlines
  readonly #breaker = new Breaker()

  constructor(connection: Connection, timeoutMs: number, clock: Clock) {
    this.#connection = connection
    this.#clock = clock
    this.#timeoutMs = timeoutMs
    this.#deadlines = new Deadlines(clock, timeoutMs)
  }

  /** What is answered after the deadline is dropped. */
  ask<T>(send: (commands: Commands) => Promise<T>): Promise<T> {
    if (!this.#connection.isReady())
      return Promise.reject(new StoreFailure('Redis is not connected'))
    if (!this.#breaker.allows(this.#clock.now()))
      return Promise.reject(new StoreFailure('Redis does not answer'))
    return new Promise<T>((resolve, reject) => {
      const fail = (why: string): void => {
        this.#breaker.failed(this.#clock.now())
        reject(new StoreFailure(why))
      }
      const deadline = this.#deadlines.add(() => {
        deadline.expire = undefined
        fail(`Redis did not answer within ${this.#timeoutMs} ms`)
      })
      const isLate = (): boolean => {
        if (deadline.expire === undefined) return true
        deadline.expire = undefined
        return false
      }
      send(this.#connection.commands()).then(
        (answer) => {
          if (isLate()) return
          this.#breaker.succeeded()
          resolve(answer)
        },
        (error: unknown) => {
          if (!isLate()) fail(error instanceof Error ? error.message : String(error))
        },
      )
    })
  }
}
