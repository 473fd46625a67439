/** Signs of life of a worker, in shared memory: how often it beat, and which route it ran last. */

const BEATS = 0
const ROUTE_LENGTH = 1
const ROUTE_AT = 2
const MAX_ROUTE_CHARS = 100

export class Heartbeat {
  readonly memory: SharedArrayBuffer
  readonly #words: Int32Array
  #route = ''

  constructor(memory = new SharedArrayBuffer((ROUTE_AT + MAX_ROUTE_CHARS) * 4)) {
    this.memory = memory
    this.#words = new Int32Array(memory)
  }

  beat(): void {
    Atomics.add(this.#words, BEATS, 1)
  }

  get beats(): number {
    return Atomics.load(this.#words, BEATS)
  }

  /** Written only when it changes: most requests of a busy moment run the same few routes. */
  set route(name: string) {
    if (name === this.#route) return
    this.#route = name
    const length = Math.min(name.length, MAX_ROUTE_CHARS)
    this.#words[ROUTE_LENGTH] = length
    for (let i = 0; i < length; i++) this.#words[ROUTE_AT + i] = name.charCodeAt(i)
  }

  get route(): string {
    return String.fromCharCode(
      ...this.#words.subarray(ROUTE_AT, ROUTE_AT + this.#words[ROUTE_LENGTH]!),
    )
  }
}
