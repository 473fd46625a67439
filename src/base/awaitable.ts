/** A value that is here, or on its way. */

export type Awaitable<T> = T | PromiseLike<T>

/** Whether a value must be waited for. Cheaper than `await`, which costs a turn even for what is here. */
export function isPending<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}
