/** A value on its way that can be handed over in the same turn it arrives in. Everything else sees a plain promise. */

import { type Awaitable, isPending } from '#base/awaitable'

export class Pending<T> implements PromiseLike<T> {
  #settled = false
  #value: T | undefined = undefined
  #error: unknown = undefined
  #failed = false
  #onValue: ((value: T) => void) | undefined = undefined
  #onError: ((error: unknown) => void) | undefined = undefined

  get settled(): boolean {
    return this.#settled
  }

  /** Called at once when the value is here, else in the turn it arrives in. Nearly always there is one listener. */
  listen(onValue: (value: T) => void, onError: (error: unknown) => void): void {
    if (this.#settled) {
      if (this.#failed) onError(this.#error)
      else onValue(this.#value as T)
    } else if (this.#onValue === undefined) {
      this.#onValue = onValue
      this.#onError = onError
    } else {
      this.#onValue = both(this.#onValue, onValue)
      this.#onError = both(this.#onError!, onError)
    }
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is a promise to whoever wants one
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return new Promise<T>((resolve, reject) => {
      this.listen(resolve, reject)
    }).then(onValue, onError)
  }

  /** First come, first kept: later values and errors are dropped. */
  protected settle(value: T): void {
    if (this.#settled) return
    this.#settled = true
    this.#value = value
    this.#onValue?.(value)
  }

  protected reject(error: unknown): void {
    if (this.#settled) return
    this.#settled = true
    this.#failed = true
    this.#error = error
    this.#onError?.(error)
  }
}

/** Hands a value over when it is here: in the same turn where that can be. */
export function whenHere<T>(
  value: Awaitable<T>,
  onValue: (value: T) => void,
  onError: (thrown: unknown) => void,
): void {
  if (value instanceof Pending) (value as Pending<T>).listen(onValue, onError)
  else if (!isPending(value)) onValue(value)
  else void Promise.resolve(value).then(onValue, onError) // also for a `then` that throws, or calls twice
}

function both<A>(
  first: (argument: A) => void,
  second: (argument: A) => void,
): (argument: A) => void {
  return (argument) => {
    first(argument)
    second(argument)
  }
}
