/** Calls and failures of the last ten seconds, counted by all workers in memory that they share. */

/** When failures are too many. */
export interface FailureShare {
  /** The share of calls, from 0 to 1. */
  readonly errorRate: number
  /** Calls in the window before that share means anything. */
  readonly minRequests: number
}

const BUCKETS = 10
const BUCKET_MS = 1_000
/** Int32 words of a bucket: which second it counts, calls, failures. */
const BUCKET_WORDS = 3

export const WINDOW_WORDS = BUCKETS * BUCKET_WORDS

/** A bucket that someone is emptying. */
const BEING_EMPTIED = -1
const MOST_LOOKS = 10_000

/** `at`: where among the words the window begins; zeros at first. `now`: by the clock that all threads share. */
export function countCall(words: Int32Array, at: number, isWell: boolean, now: number): void {
  const id = Math.floor(now / BUCKET_MS)
  const bucket = at + (id % BUCKETS) * BUCKET_WORDS
  emptyFor(words, bucket, id)
  Atomics.add(words, bucket + 1, 1)
  if (!isWell) Atomics.add(words, bucket + 2, 1)
}

export function failsTooOften(
  words: Int32Array,
  at: number,
  now: number,
  { errorRate, minRequests }: FailureShare,
): boolean {
  const oldest = Math.floor(now / BUCKET_MS) - BUCKETS
  let [calls, failures] = [0, 0]
  for (let bucket = at; bucket < at + WINDOW_WORDS; bucket += BUCKET_WORDS) {
    if (Atomics.load(words, bucket) <= oldest) continue
    calls += Atomics.load(words, bucket + 1)
    failures += Atomics.load(words, bucket + 2)
  }
  return calls >= minRequests && failures >= calls * errorRate
}

/** A bucket is used again every ten seconds: one worker empties it, and none counts before. */
function emptyFor(words: Int32Array, bucket: number, id: number): void {
  for (let looks = 0; ; looks++) {
    const found = Atomics.load(words, bucket)
    if (found >= id) return
    // Whoever was emptying it may have died at that.
    if (found === BEING_EMPTIED && looks < MOST_LOOKS) continue
    if (Atomics.compareExchange(words, bucket, found, BEING_EMPTIED) !== found) continue
    Atomics.store(words, bucket + 1, 0)
    Atomics.store(words, bucket + 2, 0)
    Atomics.store(words, bucket, id)
  }
}
