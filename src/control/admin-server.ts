/** The admin port: probes and metrics, on the main thread, where no request waits for them. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

export interface AdminPages {
  /** By path; called for GET and HEAD. */
  readonly [path: string]: () => {
    readonly status: number
    readonly type: string
    readonly body: string
  }
}

export class AdminServer {
  readonly #server: Server
  #pages: AdminPages

  constructor(pages: AdminPages) {
    this.#pages = pages
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  /** Undefined while it does not listen. */
  get port(): number | undefined {
    return (this.#server.address() as { port: number } | null)?.port
  }

  set pages(pages: AdminPages) {
    this.#pages = pages
  }

  /** `tries`: how many ports up from this one may be tried when it is taken. */
  async listen(host: string, port: number, tries = 1): Promise<void> {
    for (let offset = 0; ; offset++) {
      try {
        await this.#listenOnce(host, port + offset)
        return
      } catch (thrown) {
        if ((thrown as { code?: string }).code !== 'EADDRINUSE' || offset + 1 >= tries) throw thrown
      }
    }
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #listenOnce(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? '/', 'http://admin').pathname
    const page = Object.hasOwn(this.#pages, path) ? this.#pages[path] : undefined
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (page === undefined || !reads) {
      const status = page === undefined ? 404 : 405
      response.writeHead(status, {
        'content-type': 'text/plain',
        ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
      })
      response.end(
        status === 404
          ? `no such page; there are ${Object.keys(this.#pages).join(', ')}\n`
          : 'only GET and HEAD\n',
      )
      return
    }
    const { status, type, body } = page()
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' })
    response.end(body)
  }
}
