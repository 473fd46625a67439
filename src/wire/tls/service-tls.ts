/** How connections to a service are made secure: what it must show, and what it is shown. */

import { isIP } from 'node:net'
import {
  checkServerIdentity,
  type ConnectionOptions,
  createSecureContext,
  type SecureContext,
  type SecureVersion,
} from 'node:tls'

export interface ServiceTlsRules {
  /** PEM text of the authorities that may have issued its certificate; undefined: those of the system. */
  readonly ca?: readonly string[] | undefined
  /** What it is shown: PEM text, both or neither. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** Whom to ask for, and to expect, in place of the target's own name. */
  readonly serverName?: string | undefined
  readonly minVersion: SecureVersion
  /** False: whoever answers is taken for the service. */
  readonly verify: boolean
}

/** One for each service in each worker. */
export class ServiceTls {
  readonly #rules: ServiceTlsRules
  readonly #context: SecureContext

  constructor(rules: ServiceTlsRules) {
    const { ca, cert, key, minVersion } = rules
    this.#rules = rules
    this.#context = createSecureContext({
      minVersion,
      ...(ca && { ca: [...ca] }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    })
  }

  /** For a target of this name, or address: never what a client says of a host. */
  optionsFor(target: string): ConnectionOptions {
    const { verify, serverName = target } = this.#rules
    return {
      secureContext: this.#context,
      servername: isIP(serverName) === 0 ? serverName : '', // RFC 6066 §3: no addresses
      rejectUnauthorized: verify,
      checkServerIdentity: (_, certificate) =>
        verify ? checkServerIdentity(serverName, certificate) : undefined,
      ALPNProtocols: ['http/1.1'],
    }
  }
}
