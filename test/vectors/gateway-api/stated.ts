/** Where the gateway differs from the published table on purpose, and why. */

import type { Case, RouteTest } from './table.ts'

export interface Difference {
  readonly why: string
  readonly test: RegExp
  /** Only of cases like this; without it of all. */
  readonly of?: (each: Case) => boolean
  /** What is so instead, and is checked: another status, or a configuration that is refused. Without it there is nothing to run. */
  readonly instead?: number | 'refused'
}

const wants = (status: number) => (each: Case) => each.want.status.includes(status)

const DIFFERENCES: readonly Difference[] = [
  {
    why: 'a path that is known, asked with another method, is 405 with Allow, not 404 (RFC 9110 §15.5.6)',
    test: /^httproute-method-matching$/,
    of: (each) => wants(404)(each) && each.req.method !== 'HEAD',
    instead: 405,
  },
  {
    why: 'GET includes HEAD, which every general-purpose server must have (RFC 9110 §9.1)',
    test: /^httproute-method-matching$/,
    of: (each) => each.req.method === 'HEAD',
    instead: 200,
  },
  {
    why: 'a route that leads nowhere is refused by the check: nobody ever meets a 500',
    test: /^httproute-(?:omitted-backendrefs|invalid-nonexistent-backendref)$/,
    instead: 'refused',
  },
  {
    why: 'kinds, namespaces and grants are of Kubernetes: here all of the file belongs to its author',
    test: /-(?:unknown-kind|invalid-cross-namespace-backend-ref|invalid-reference-grant)$/,
    of: wants(500),
  },
  {
    why: 'kinds, namespaces and grants are of Kubernetes: here all of the file belongs to its author',
    test: /^httproute-reference-grant$/,
    of: wants(500),
  },
  {
    why: 'its cases are blanks that a program fills in: see test/scenarios/retry-rules.test.ts',
    test: /^httproute-retry$/,
  },
  {
    why: 'its cases are blanks that a program fills in: see test/scenarios/mirrors.test.ts',
    test: /^httproute-request-percentage-mirror$/,
  },
  { why: 'kinds of services are of Kubernetes', test: /^httproute-service-types$/ },
  {
    why: 'its cases are blanks that a program fills in: see test/scenarios/tls.test.ts',
    test: /^httproute-https-/,
  },
  {
    why: 'asked over TLS, which no listener has here: see test/scenarios/tls.test.ts',
    test: /^httproute-redirect-port-and-scheme$/,
    of: (each) => each.req.host === 'example.org', // the cases of the gateway that has TLS alone
  },
  { why: 'HTTP/2 to services: to come', test: /-h2c$/ },
]

export function differenceOf(test: RouteTest, each: Case): Difference | undefined {
  return DIFFERENCES.find((one) => one.test.test(test.id) && (one.of?.(each) ?? true))
}
