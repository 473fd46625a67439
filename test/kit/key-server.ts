/** An issuer under test's control: it says what the test says, as slowly as it says, and counts who asks. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Scope } from './temporary-folder.ts'

export interface KeyServer {
  readonly url: string
  /** What it says at /keys. */
  keys: string
  /** Answers everything in place of it. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
  delayMs: number
  /** Requests for its keys so far. */
  readonly fetches: () => number
  stop(): Promise<void>
}

/** `port`: where one stood before that was stopped. */
export async function startKeyServer(t: Scope, keys: string, port = 0): Promise<KeyServer> {
  let fetches = 0
  const server = createServer((request, response) => {
    if (request.url === '/keys') fetches++
    setTimeout(() => {
      if (made.answer !== undefined) made.answer(request, response)
      else if (request.url === '/keys') json(response, made.keys)
      else if (request.url === '/.well-known/openid-configuration')
        json(response, JSON.stringify({ issuer: made.url, jwks_uri: `${made.url}/keys` }))
      else response.writeHead(404).end()
    }, made.delayMs)
  })
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve))
  const made: KeyServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys,
    answer: undefined,
    delayMs: 0,
    fetches: () => fetches,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
  t.after(() => made.stop())
  return made
}

function json(response: ServerResponse, body: string): void {
  response.setHeader('content-type', 'application/json')
  response.end(body)
}
