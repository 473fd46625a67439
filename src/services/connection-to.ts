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
  return { ...address, tls: contextOf(tls ?? DEFAULT_TLS).optionsFor(hostOf(known ?? authority)) }
}

/** One for all targets of a service. */
const contexts = new WeakMap<ServiceTlsRules, ServiceTls>()

function contextOf(rules: ServiceTlsRules): ServiceTls {
  const made = contexts.get(rules) ?? new ServiceTls(rules)
  contexts.set(rules, made)
  return made
}

/** Without its port, and without the brackets of an address. */
function hostOf(authority: string): string {
  return authority.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
}
