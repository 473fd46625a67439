/** Waits for something to become true, and no longer. */

const POLL_MS = 5

/** Fails when it is not so within `timeoutMs`. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  timeoutMs = 5_000,
): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${isSo.toString()}`)
    await new Promise((resolve) => void setTimeout(resolve, POLL_MS))
  }
}
