/** The services that the table names: each answers with its name and with what the case says, and keeps what it was asked. */

import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Scope } from '../../kit/temporary-folder.ts'

export interface Services {
  readonly urls: Readonly<Record<string, string>>
  /** Field lines to answer with from now on. */
  says: Readonly<Record<string, string>>
  /** The last request that each of them got. */
  readonly asked: Map<string, IncomingMessage>
}

export async function startServices(scope: Scope, names: readonly string[]): Promise<Services> {
  const urls: Record<string, string> = {}
  const services: Services = { urls, says: {}, asked: new Map() }
  for (const name of names) {
    const server = createServer((request, response) => {
      services.asked.set(name, request)
      const { searchParams } = new URL(request.url!, 'http://service.test')
      const answer = () => void response.writeHead(200, { ...services.says }).end(name)
      if (searchParams.get('delay') === '1s') setTimeout(answer, 1_000)
      else answer()
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    scope.after(() => {
      server.closeAllConnections()
      server.close()
    })
    urls[name] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  return services
}
