/** Services that say their name, and who of them answers. */

import type { TestContext } from 'node:test'
import { answering, type At, type Backend, startBackend } from './backend.ts'

export interface Named extends Backend {
  /** How many requests it had. */
  readonly calls: () => number
  /** The last of them, whole. */
  readonly last: () => string
}

export async function startNamed(t: TestContext, name: string, at?: At): Promise<Named> {
  let calls = 0
  let last = ''
  const reply = `HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`
  const answer = answering((request) => {
    calls++
    last = request
    return reply
  })
  return { ...(await startBackend(t, answer, at)), calls: () => calls, last: () => last }
}

/** How many of so many requests each answered; in place of a name the status of what went wrong. */
export async function whoAnswers(url: string, requests = 20): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (let n = 0; n < requests; n++) {
    const reply = await fetch(url)
    const text = await reply.text()
    const who = reply.status === 200 ? text : String(reply.status)
    counts[who] = (counts[who] ?? 0) + 1
  }
  return counts
}
