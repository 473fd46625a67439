/** Which of the ports we want are held by someone: asked before the workers share them, as sharing would hide it. */

import { createServer } from 'node:net'
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

/** A port that is free now, for a listener that does not care which: all workers must share the same one. */
export function freePort(host: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port: 0, ...(host === undefined ? {} : { host }) }, () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

/** A listener that asks for any port keeps the one it was given for as long as it has its name. */
export class ChosenPorts {
  readonly #chosen = new Map<string, number>()

  async of<L extends Wanted>(listeners: readonly L[]): Promise<L[]> {
    return Promise.all(
      listeners.map(async (listener) => {
        if (listener.port !== 0) return listener
        const port = this.#chosen.get(listener.name) ?? (await freePort(listener.host))
        this.#chosen.set(listener.name, port)
        return { ...listener, port }
      }),
    )
  }
}
