/** How a target is connected to: in plain text on the local network, else by TLS. */

import { lookupLocal } from '#services/local-lookup'
import type { TargetAddress } from '#services/target'
import type { Address } from '#wire/http1/connection-owner'
import { ServiceTls, type ServiceTlsRules } from '#wire/tls/service-tls'

export interface ConnectionRules {
  /** For targets that are https. */
  readonly tls?: ServiceTlsRules | undefined
  /** Whether targets beyond the local network may be called in plain text. */
  readonly plaintext: boolean
}

const DEFAULT_TLS: ServiceTlsRules = { minVersion: 'TLSv1.2', verify: true }

/** `known`: what the target is called, when not what its URL says. */
export function connectionTo(
  { address, isSecure, authority }: TargetAddress,
  { tls, plaintext }: ConnectionRules,
  known: string | undefined,
): Address {
  if ('socketPath' in address) return address
  if (!isSecure) return plaintext ? address : { ...address, lookup: lookupLocal }
  return { ...address, tls: tlsOf(tls ?? DEFAULT_TLS).optionsFor(hostOf(known ?? authority)) }
}

/** One for all targets of a service. */
const made = new WeakMap<ServiceTlsRules, ServiceTls>()

function tlsOf(rules: ServiceTlsRules): ServiceTls {
  const tls = made.get(rules) ?? new ServiceTls(rules)
  made.set(rules, tls)
  return tls
}

/** Without its port, and without the brackets of an address. */
function hostOf(authority: string): string {
  return authority.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
}
