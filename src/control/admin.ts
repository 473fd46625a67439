/** What the operator's side of the gateway offers: the admin port, and a port for probes alone. */

import type { GatewayConfig } from '#config/config'
import { type AdminPages, AdminServer } from '#control/admin-server'

/** Ports tried from 9901 up when the author did not ask for one. */
const DEFAULT_TRIES = 20
/** During a take-over the ports are free when the old gateway has left: asked this often, for so long at most. */
const RETRY_MS = 100
const MAX_RETRIES = 3_000

export interface AdminState {
  isReady(): boolean
  metrics(): string
}

export class Admin {
  readonly #state: AdminState
  readonly #admin = new AdminServer({})
  readonly #probes = new AdminServer({})
  #closed = false

  constructor(state: AdminState) {
    this.#state = state
  }

  /** Undefined while it is not open. */
  get port(): number | undefined {
    return this.#admin.port
  }

  /** Fails when a port cannot be had. */
  async open(config: GatewayConfig): Promise<void> {
    const { admin } = config
    this.show(config)
    await this.#admin.listen(admin.host, admin.port, admin.isDefault ? DEFAULT_TRIES : 1)
    if (config.probes !== undefined)
      await this.#probes.listen(config.probes.host, config.probes.port)
  }

  /** Opens the ports as soon as the gateway that holds them lets go; `onFailure` when it does not. */
  async openWhenFree(config: GatewayConfig, onFailure: (why: string) => void): Promise<void> {
    this.show(config)
    await Promise.all([
      this.#listenWhenFree(this.#admin, config.admin, onFailure),
      this.#listenWhenFree(this.#probes, config.probes, onFailure),
    ])
  }

  show({ observe }: GatewayConfig): void {
    const probes = this.#probePages()
    this.#probes.pages = probes
    this.#admin.pages = {
      ...probes,
      [observe.metrics.path]: () => ({
        status: 200,
        type: 'text/plain; version=0.0.4',
        body: this.#state.metrics(),
      }),
    }
  }

  close(): void {
    this.#closed = true
    this.#admin.close()
    this.#probes.close()
  }

  async #listenWhenFree(
    server: AdminServer,
    address: { readonly host: string; readonly port: number } | undefined,
    onFailure: (why: string) => void,
  ): Promise<void> {
    if (address === undefined) return
    for (let retry = 0; !this.#closed; retry++) {
      try {
        await server.listen(address.host, address.port)
        return
      } catch (thrown) {
        if (retry === MAX_RETRIES) return onFailure(String(thrown))
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref())
      }
    }
  }

  #probePages(): AdminPages {
    return {
      '/livez': () => ({ status: 200, type: 'text/plain', body: 'alive\n' }),
      '/readyz': () =>
        this.#state.isReady()
          ? { status: 200, type: 'text/plain', body: 'ready\n' }
          : { status: 503, type: 'text/plain', body: 'not ready\n' },
    }
  }
}
