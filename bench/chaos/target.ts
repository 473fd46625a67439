/** One server of the service under chaos, as a process: it can be killed, stopped, and told to answer badly or slowly. */

import { createServer } from 'node:http'

export type Mood = 'well' | 'failing' | 'slow'

/** What the run is told, many times a second: when clients sent the requests that arrived. */
export interface Arrivals {
  readonly sentAt: readonly number[]
}

const REPLY = 'x'.repeat(1_024)
const SLOW_MS = 800
const TELL_MS = 20

let mood: Mood = 'well'
let arrived: number[] = []

const server = createServer((request, response) => {
  const sentAt = Number(request.headers['x-sent-at'])
  if (!Number.isNaN(sentAt)) arrived.push(sentAt)
  const answer = (): void => {
    response.writeHead(mood === 'failing' ? 500 : 200, { 'content-length': REPLY.length })
    response.end(REPLY)
  }
  // Slow at its work, not at telling how it is: that is what makes a slow server hard to see.
  if (mood === 'slow' && !Number.isNaN(sentAt)) setTimeout(answer, SLOW_MS)
  else answer()
})
server.keepAliveTimeout = 300_000
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('listening'))

process.on('message', (told: Mood) => (mood = told))
process.on('disconnect', () => process.exit())
setInterval(() => {
  if (arrived.length > 0) process.send?.({ sentAt: arrived } satisfies Arrivals)
  arrived = []
}, TELL_MS)
