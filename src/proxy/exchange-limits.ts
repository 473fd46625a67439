/** The bounds of an exchange: those of its connection for as long as it lasts, and of the tunnel that may follow. */

import type { HttpExchange } from '#proxy/exchange'
import type { TunnelPlaces } from '#proxy/program'
import type { ExchangeLimits, TunnelTimes } from '#sdk/exchange'

export class HttpLimits implements ExchangeLimits {
  bufferBytes = 1_048_576
  /** Undefined when nothing was said of it. */
  tunnel: (TunnelTimes & { readonly places: TunnelPlaces | undefined }) | undefined = undefined
  readonly #ex: HttpExchange

  constructor(ex: HttpExchange) {
    this.#ex = ex
  }

  get bodyTimeoutMs(): number {
    return this.#ex.channel.bodyTimeoutMs
  }

  set bodyTimeoutMs(ms: number) {
    this.#ex.channel.bodyTimeoutMs = ms
  }

  takeTunnel(times: TunnelTimes, most: number): boolean {
    const places = this.#ex.routeProgram.tunnelPlaces
    if (this.#ex.over || (places !== undefined && !places.take(most))) return false
    this.tunnel = { ...times, places }
    return true
  }
}
