/** Which certificates a client is shown, by the name it asks for: those that have it, then a wildcard's, then the first. */

export interface ServerCertificate {
  /** PEM text. */
  readonly cert: string
  readonly key: string
  /** Lower case. */
  readonly names: readonly string[]
  readonly keyType: string
}

/** One, or one of each kind of key: the client takes what it can. */
export type CertificateSet = readonly ServerCertificate[]

export class CertificateTable {
  /** For clients that ask for a name that no certificate has, or for none. */
  readonly first: CertificateSet
  /** All there are, the first among them. */
  readonly sets: readonly CertificateSet[]
  readonly #exact = new Map<string, CertificateSet>()
  /** By what follows the one label that varies, with its dot (RFC 6125 §6.4.3). */
  readonly #wildcards = new Map<string, CertificateSet>()

  /** At least one certificate. */
  constructor(certificates: readonly ServerCertificate[]) {
    const byName = new Map<string, ServerCertificate[]>()
    for (const certificate of certificates) {
      for (const name of certificate.names) {
        const same = byName.get(name) ?? []
        byName.set(name, same)
        if (!same.some(({ keyType }) => keyType === certificate.keyType)) same.push(certificate)
      }
    }
    const sets = new Map<string, CertificateSet>()
    for (const [name, members] of byName) {
      const key = members.map((member) => certificates.indexOf(member)).join()
      const set = sets.get(key) ?? members
      sets.set(key, set)
      if (name.startsWith('*.')) this.#wildcards.set(name.slice(1), set)
      else this.#exact.set(name, set)
    }
    this.first = this.find(certificates[0]!.names[0]!)!
    this.sets = [...sets.values()]
  }

  /** Undefined: no certificate has the name. */
  find(name: string): CertificateSet | undefined {
    const asked = name.toLowerCase().replace(/\.$/, '')
    const exact = this.#exact.get(asked)
    if (exact !== undefined) return exact
    const dot = asked.indexOf('.')
    return dot >= 0 ? this.#wildcards.get(asked.slice(dot)) : undefined
  }
}
