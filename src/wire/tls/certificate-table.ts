/** Which certificate a client is shown, by the name it asks for: the exact one, then a wildcard's, then the first. */

import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'

export interface ServerCertificate {
  /** PEM text. */
  readonly cert: string
  readonly key: string
  /** Lower case. */
  readonly names: readonly string[]
  readonly keyType: string
}

export class CertificateTable {
  /** For clients that ask for a name that no certificate has, or for none. */
  readonly first: SecureContextOptions
  readonly #exact = new Map<string, SecureContext>()
  /** By what follows the one label that varies, with its dot (RFC 6125 §6.4.3). */
  readonly #wildcards = new Map<string, SecureContext>()

  /** `rest`: all that is the same whatever certificate is shown. At least one certificate. */
  constructor(certificates: readonly ServerCertificate[], rest: SecureContextOptions) {
    const byName = new Map<string, ServerCertificate[]>()
    for (const certificate of certificates) {
      for (const name of certificate.names) {
        const same = byName.get(name) ?? []
        byName.set(name, same)
        // One of each kind of key: the client takes what it can.
        if (!same.some(({ keyType }) => keyType === certificate.keyType)) same.push(certificate)
      }
    }
    const [first] = certificates
    this.first = optionsOf(byName.get(first!.names[0]!) ?? [first!], rest)
    const made = new Map<string, SecureContext>()
    for (const [name, shared] of byName) {
      const key = shared.map((certificate) => certificates.indexOf(certificate)).join()
      const context = made.get(key) ?? createSecureContext(optionsOf(shared, rest))
      made.set(key, context)
      if (name.startsWith('*.')) this.#wildcards.set(name.slice(1), context)
      else this.#exact.set(name, context)
    }
  }

  /** Undefined: the first one will do. */
  find(name: string): SecureContext | undefined {
    const asked = name.toLowerCase().replace(/\.$/, '')
    const exact = this.#exact.get(asked)
    if (exact !== undefined) return exact
    const dot = asked.indexOf('.')
    return dot > 0 ? this.#wildcards.get(asked.slice(dot)) : undefined
  }
}

function optionsOf(
  certificates: readonly ServerCertificate[],
  rest: SecureContextOptions,
): SecureContextOptions {
  return {
    ...rest,
    cert: certificates.map(({ cert }) => cert),
    key: certificates.map(({ key }) => key),
  }
}
