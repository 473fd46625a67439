/** The bounds of an exchange, which are those of its connection for as long as it lasts. */

import type { ExchangeLimits } from '#sdk/exchange'
import type { ServerConnection } from '#wire/http1/server-connection'

export class HttpLimits implements ExchangeLimits {
  bufferBytes = 1_048_576
  readonly #connection: ServerConnection

  constructor(connection: ServerConnection) {
    this.#connection = connection
  }

  get bodyTimeoutMs(): number {
    return this.#connection.bodyTimeoutMs
  }

  set bodyTimeoutMs(ms: number) {
    this.#connection.bodyTimeoutMs = ms
  }
}
