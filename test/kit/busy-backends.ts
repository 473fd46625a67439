/** Backends that have something to do: for tests of how much a service is asked at once. */

import type { TestContext } from 'node:test'
import { type Answer, OK, startBackend } from './backend.ts'

/** Answers each request after a moment; knows how many there were at once. */
export function busy(waitMs: number): {
  answer: Answer
  fullest: () => number
  forget: () => void
} {
  let [now, fullest] = [0, 0]
  return {
    fullest: () => fullest,
    forget: () => void (fullest = 0),
    answer({ socket }, whole) {
      if (!whole) return
      fullest = Math.max(fullest, ++now)
      setTimeout(() => {
        now--
        socket.write(OK)
      }, waitMs)
    },
  }
}

/** A backend that answers when it is told to, and `/free` at once. */
export async function startSlow(t: TestContext) {
  const held: (() => void)[] = []
  const backend = await startBackend(t, (connection, whole) => {
    if (!whole) return
    const path = connection.received.split(' ')[1]!
    connection.received = ''
    if (path === '/free') connection.socket.write(OK)
    else held.push(() => void connection.socket.write(OK))
  })
  return { url: backend.url, held }
}
