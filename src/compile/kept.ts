/** What outlives a configuration: made once in a worker, and closed when no program wants it any more. */

interface Held {
  readonly value: object
  users: number
}

export class KeptStates {
  readonly #held = new Map<string, Held>()

  acquire<T extends object>(key: string, make: () => T): T {
    let held = this.#held.get(key)
    if (held === undefined) this.#held.set(key, (held = { value: make(), users: 0 }))
    held.users++
    return held.value as T
  }

  release(key: string): void {
    const held = this.#held.get(key)
    if (held === undefined || --held.users > 0) return
    this.#held.delete(key)
    if ('close' in held.value && typeof held.value.close === 'function') void held.value.close()
  }
}

/** What one program holds of it. */
export class Kept {
  readonly #states: KeptStates
  readonly #keys = new Set<string>()

  constructor(states: KeptStates) {
    this.#states = states
  }

  keep<T extends object>(key: string, make: () => T): T {
    const value = this.#states.acquire(key, make)
    if (this.#keys.has(key)) this.#states.release(key) // it counts once
    this.#keys.add(key)
    return value
  }

  release(): void {
    for (const key of this.#keys) this.#states.release(key)
    this.#keys.clear()
  }
}
