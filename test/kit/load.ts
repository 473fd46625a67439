/** Steady traffic while something else happens: clients that keep their connections, and clients that come anew. */

import { Agent, request } from 'node:http'
import type { TestContext } from 'node:test'

export interface Load {
  /** Requests answered with 200 so far. */
  readonly answered: number
  /** What went wrong, in words. */
  readonly failures: readonly string[]
  /** Lets what is in progress end. */
  stop(): Promise<void>
}

export interface LoadOptions {
  readonly port: number
  readonly path?: string
  readonly keptAlive?: number
  /** Clients with a connection for each request. */
  readonly anew?: number
}

export function startLoad(
  t: TestContext,
  { port, path = '/', keptAlive = 4, anew = 2 }: LoadOptions,
): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: keptAlive })
  const failures: string[] = []
  let answered = 0
  const told = new AbortController()

  const once = (kept: boolean): Promise<void> =>
    new Promise((resolve) => {
      const sent = request(
        { host: '127.0.0.1', port, path, agent: kept ? agent : false },
        (reply) => {
          reply.resume()
          reply.on('end', () => {
            if (reply.statusCode === 200) answered++
            else failures.push(`status ${reply.statusCode}`)
            resolve()
          })
          reply.on('error', (error) => {
            failures.push(`${kept ? 'kept' : 'anew'}: reply: ${error.message}`)
            resolve()
          })
        },
      )
      sent.on('error', (error: NodeJS.ErrnoException) => {
        failures.push(`${kept ? 'kept' : 'anew'}: ${error.code} ${error.message}`)
        resolve()
      })
      sent.end()
    })
  const client = async (kept: boolean): Promise<void> => {
    while (!told.signal.aborted) await once(kept)
  }
  const clients = [
    ...Array.from({ length: keptAlive }, () => client(true)),
    ...Array.from({ length: anew }, () => client(false)),
  ]
  t.after(() => told.abort())
  return {
    get answered() {
      return answered
    },
    failures,
    async stop() {
      told.abort()
      await Promise.all(clients)
      agent.destroy()
    },
  }
}
