/** What both services share: a list of things over HTTP, on a free port that the parent is told. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Thing {
  readonly id: number
  readonly [field: string]: unknown
}

/** `GET /name/` gives all of them, `GET /name/1` one. Ends when the parent does. */
export function serve(name: string, things: readonly Thing[]): void {
  const server = createServer(({ url = '/' }, response) => {
    const [, first, id = ''] = new URL(url, 'http://localhost').pathname.split('/')
    const found =
      first !== name ? undefined : id === '' ? things : things.find((one) => String(one.id) === id)
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(found ?? { error: 'not found' }))
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
  // Ctrl-C reaches every process of the terminal: the gateway has to be the first to leave.
  process.on('SIGINT', () => {})
  process.on('disconnect', () => process.exit())
}
