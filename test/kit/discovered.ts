/** A configuration with one service `s` that is discovered, at `/a`, and what the metrics tell of it. */

export const ROUTE = 'routes: [{ path: /a, to: s }]\n'

export const TARGETS = 'portcullis_discovery_targets{service="s"}'
export const AGE = 'portcullis_discovery_age_seconds{service="s"}'
export const FAILURES = 'portcullis_discovery_failures_total{service="s"}'

interface Wish {
  /** Of the DNS server. */
  readonly address: string
  readonly port: number
  readonly networks?: string
  readonly rest?: string
}

/** Any source; on the loopback network, as in all tests. `rest`: more members of the service. */
export function discovered(source: string, rest = '', networks = '127.0.0.0/8'): string {
  const members = `discover: ${source}, allowedNetworks: [${networks}], balance: roundRobin${rest}`
  return `services: { s: { ${members} } }\n${ROUTE}`
}

export function byName({ address, port, networks, rest }: Wish): string {
  return discovered(`{ dns: s.internal, port: ${port}, resolver: "${address}" }`, rest, networks)
}

export function bySrv(address: string): string {
  return discovered(`{ srv: _s._tcp.internal, resolver: "${address}" }`)
}
