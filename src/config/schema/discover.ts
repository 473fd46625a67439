/** Where a service's targets are looked for that nobody wrote down. */

import { isIP } from 'node:net'
import { z } from 'zod'
import { duration, oneOrMore } from '#sdk/schema'
import { alternatives } from '../words.ts'
import { filePath } from './words.ts'

const SOURCES = ['dns', 'srv', 'file', 'consul'] as const

const dnsName = (example: string) =>
  z
    .string()
    .max(253)
    .regex(/^(?:[\w-]{1,63}\.)*[\w-]{1,63}\.?$/, { error: `expected a name such as ${example}` })
    .refine((text) => isIP(text) === 0, {
      error: `expected a name such as ${example}; an address stands under targets`,
    })

const PORT_HINT = 'expected a port from 1 to 65535'

const targetPort = () =>
  z.int({ error: PORT_HINT }).min(1, { error: PORT_HINT }).max(65_535, { error: PORT_HINT })

const resolver = () =>
  z.string().refine(isResolver, { error: 'expected an address such as 10.0.0.2 or 10.0.0.2:5353' })

function isResolver(text: string): boolean {
  if (isIP(text) !== 0) return true
  const [, host, bracketed, digits] = /^(?:([\d.]+)|\[(.+)\]):(\d{1,5})$/.exec(text) ?? []
  const isAddress = isIP(host ?? '') === 4 || isIP(bracketed ?? '') === 6
  return isAddress && Number(digits) >= 1 && Number(digits) <= 65_535
}

const consulName = () =>
  z.string().regex(/^\w[\w.-]{0,127}$/, { error: 'expected the name of a service' })

const CONSUL_URL_HINT = "expected the URL of Consul's HTTP API, such as http://127.0.0.1:8500"

const consulUrl = () => z.string().refine(isConsulUrl, { error: CONSUL_URL_HINT })

function isConsulUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || !/^https?:\/\/[^/?#@]+(?:\/[^?#@]*)?$/i.test(text)) return false
  return url.port !== '0'
}

/** Consul holds a question no longer. */
const MOST_WAIT_MS = 600_000

const WAIT_HINT = 'expected a duration from 1s to 10m'

const consul = z.strictObject({
  service: consulName().describe('The name it is registered under'),
  url: consulUrl().prefault('http://127.0.0.1:8500').describe("Consul's HTTP API"),
  tags: oneOrMore(z.string().min(1)).optional().describe('Only instances that have all of them'),
  datacenter: consulName().optional().describe("Without it that of Consul's agent"),
  token: z.string().min(1).optional().describe('A secret: ${env:NAME} or ${file:path}'),
  passing: z.boolean().prefault(true).describe('Only instances whose checks all pass'),
  wait: duration()
    .refine((ms) => ms >= 1_000 && ms <= MOST_WAIT_MS, { error: WAIT_HINT })
    .prefault('1m')
    .describe('How long Consul may hold a question until something changes'),
})

const members = z.strictObject({
  dns: dnsName('users.internal').optional().describe('A name: its addresses are the targets'),
  port: targetPort().optional().describe('Of those addresses'),
  srv: dnsName('_orders._tcp.service.consul').optional().describe('A name with SRV records'),
  file: filePath().optional().describe('A file with a list of targets, read anew when it changes'),
  consul: z
    .union([consulName().transform((service) => consul.parse({ service })), consul])
    .optional()
    .describe('A service that Consul knows'),
  resolver: oneOrMore(resolver())
    .optional()
    .describe("DNS servers that are asked for names; without them the system's"),
})

/** Exactly one source; `resolvers` empty: the system's. */
export type Discover = { readonly resolvers: readonly string[] } & (
  | { readonly kind: 'dns'; readonly name: string; readonly port: number }
  | { readonly kind: 'srv'; readonly name: string }
  /** An absolute path. */
  | { readonly kind: 'file'; readonly file: string }
  | ({ readonly kind: 'consul' } & z.output<typeof consul>)
)

export const discover = members.transform((found, check): Discover => {
  const complain = (message: string, ...path: string[]): never => {
    check.addIssue({ code: 'custom', message, path })
    return z.NEVER
  }
  const resolvers = found.resolver ?? []
  const [kind, ...others] = SOURCES.filter((source) => found[source] !== undefined)
  if (kind === undefined) return complain(`expected one of ${alternatives(SOURCES)}`)
  if (others.length > 0) {
    const all = [kind, ...others].join(' and ')
    return complain(`found ${all}, expected one of them`, others[0]!)
  }
  if (kind !== 'dns' && found.port !== undefined)
    return complain('found a port, expected one beside dns alone', 'port')
  switch (kind) {
    case 'dns':
      if (found.port === undefined) return complain('found no port, expected one beside dns')
      return { kind, name: found.dns!, port: found.port, resolvers }
    case 'srv':
      return { kind, name: found.srv!, resolvers }
    case 'file':
      return { kind, file: found.file!, resolvers }
    case 'consul':
      return { kind, ...found.consul!, resolvers }
  }
})
