/** Times one small piece of code: the median of many rounds, printed as a line. */

const ROUNDS = 31
const CALLS = 20_000

/** `work` gets the number of the call, so that it can vary its input. */
export function nanoseconds(name: string, work: (call: number) => unknown): number {
  let kept: unknown // what is computed must be used, or it would not be computed
  const rounds = Array.from({ length: ROUNDS }, () => {
    const startedAt = performance.now()
    for (let call = 0; call < CALLS; call++) kept = work(call)
    return ((performance.now() - startedAt) * 1e6) / CALLS
  }).toSorted((a, b) => a - b)
  const median = rounds[ROUNDS >> 1]!
  if (kept === ROUNDS) console.log()
  console.log(`${median.toFixed(0).padStart(7)} ns  ${name}`)
  return median
}
