/** Which of the ports we want are held by someone: asked before the workers share them, as sharing would hide it. */

import { createServer, type Server } from 'node:net'
import { type PortHolder, portHolder } from '#control/port-holder'

export interface TakenPort {
  readonly listener: string
  readonly port: number
  readonly holder: PortHolder | undefined
  readonly reason: string
}

export class PortsTaken extends Error {
  override readonly name = 'PortsTaken'
  readonly taken: readonly TakenPort[]

  constructor(taken: readonly TakenPort[]) {
    super(
      taken
        .map(
          ({ port, holder, reason, listener }) =>
            `port ${port} (listener ${listener}) ${holder ? `is held by ${holder.name} (pid ${holder.pid})` : reason}`,
        )
        .join('; '),
    )
    this.taken = taken
  }
}

interface Wanted {
  readonly name: string
  readonly host?: string | undefined
  readonly port: number
}

async function takenPorts(listeners: readonly Wanted[]): Promise<TakenPort[]> {
  const asked = await Promise.all(
    listeners
      .filter(({ port }) => port !== 0)
      .map(async (wanted) => ({ wanted, error: await bind(wanted) })),
  )
  return asked.flatMap(({ wanted: { name, port }, error }) =>
    error === undefined
      ? []
      : [{ listener: name, port, holder: portHolder(port), reason: words(error) }],
  )
}

export async function refuseTaken(listeners: readonly Wanted[]): Promise<void> {
  const taken = await takenPorts(listeners)
  if (taken.length > 0) throw new PortsTaken(taken)
}

/** Binds once, alone, and lets go again. */
function bind({ host, port }: Wanted): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(error))
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () =>
      server.close(() => resolve(undefined)),
    )
  })
}

function words({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return 'is in use'
  if (code === 'EACCES') return 'may not be used by this user'
  if (code === 'EADDRNOTAVAIL') return 'is at an address that this machine does not have'
  return `cannot be used: ${message}`
}

/**
 * A listener that asks for any port keeps the one it was given for as long as it has its name: all workers must share the
 * same one.
 */
export class ChosenPorts {
  readonly #chosen = new Map<string, number>()
  /** Held until the workers listen, so that nobody takes them in between. */
  #held: Server[] = []

  async of<L extends Wanted>(listeners: readonly L[]): Promise<L[]> {
    return Promise.all(
      listeners.map(async (listener) => {
        if (listener.port !== 0) return listener
        const port = this.#chosen.get(listener.name) ?? (await this.#hold(listener.host))
        this.#chosen.set(listener.name, port)
        return { ...listener, port }
      }),
    )
  }

  /** The workers listen, or never will. */
  release(): void {
    for (const server of this.#held.splice(0)) server.close()
  }

  #hold(host: string | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      const server = createServer()
      server.once('error', reject)
      const reusePort = process.platform === 'linux'
      server.listen({ port: 0, reusePort, ...(host === undefined ? {} : { host }) }, () => {
        const { port } = server.address() as { port: number }
        if (reusePort) this.#held.push(server)
        else server.close()
        resolve(port)
      })
    })
  }
}
