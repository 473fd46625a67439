/** What may be said of a store in Redis: where it is, and how long it may take. */

import { someTime, z } from '#sdk/index'

export interface RedisUrl {
  readonly isTls: boolean
  readonly host: string
  readonly port: number
  readonly username: string | undefined
  readonly password: string | undefined
  readonly database: number
}

const DEFAULT_PORT = 6_379
const EXPECTED_URL = 'expected redis://host:port or rediss://host:port'
const EXPECTED_NODE = 'expected host:port'

const url = () =>
  z.string({ error: EXPECTED_URL }).transform((text, check) => {
    const read = readUrl(text)
    if (read !== undefined) return read
    check.addIssue(EXPECTED_URL)
    return z.NEVER
  })

const node = () =>
  z.string({ error: EXPECTED_NODE }).transform((text, check) => {
    const [, ipv6, name, digits] = /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(text) ?? []
    const port = Number(digits)
    if (port >= 1 && port <= 65_535) return { host: (ipv6 ?? name)!, port }
    check.addIssue(EXPECTED_NODE)
    return z.NEVER
  })

const nodes = () => z.array(node()).min(1, { error: 'expected one node or more' })

const members = z.strictObject({
  url: url()
    .optional()
    .describe('One server: redis://user:password@host:6379/0, or rediss:// for TLS'),
  sentinel: z
    .strictObject({
      name: z.string().min(1, { error: 'expected a name' }).describe('What they call the master'),
      nodes: nodes().describe('Sentinels: host:port'),
      password: z.string().optional().describe('Of the Sentinels themselves'),
    })
    .optional()
    .describe('Whichever server these name'),
  cluster: nodes()
    .optional()
    .describe('Some nodes of a Cluster: host:port; it tells of the others'),
  username: z.string().optional().describe('Whom the servers know, where the url does not say'),
  password: z.string().optional().describe('What the servers ask for, where the url does not say'),
  tls: z
    .union(
      [
        z.literal(true),
        z.strictObject({
          ca: z.string().optional().describe('PEM of who signed the servers: ${file:ca.pem}'),
          serverName: z.string().optional().describe('The name in their certificates'),
        }),
      ],
      { error: 'expected true, or a mapping of ca and serverName' },
    )
    .optional()
    .describe('Speak TLS'),
  timeout: someTime()
    .prefault('20ms')
    .describe('How long it may take to answer; later is as good as gone'),
  prefix: z
    .string()
    .regex(/^[\w.:-]{1,64}$/, { error: 'expected letters, digits, . _ : or -' })
    .prefault('portcullis')
    .describe('What its keys begin with: gateways with the same prefix count together'),
})

const long = members.superRefine((given, check) => {
  const ways = (['url', 'sentinel', 'cluster'] as const).filter((way) => given[way] !== undefined)
  if (ways.length !== 1)
    check.addIssue(
      `${ways.length === 0 ? 'found none' : `found ${ways.join(' and ')}`}, expected one of url, sentinel and cluster`,
    )
  if (given.url?.password !== undefined && given.password !== undefined)
    check.addIssue('found a password in the url and one beside it, expected one')
  if (given.url?.isTls === false && given.tls !== undefined)
    check.addIssue('found tls beside redis://, expected rediss://')
})

const short = url().transform((at) => ({ ...members.parse({}), url: at }))

export const options = z.union([short, long])

export type RedisOptions = z.output<typeof options>

function readUrl(text: string): RedisUrl | undefined {
  const read = URL.parse(text)
  const database = /^\/?(\d{0,4})$/.exec(read?.pathname ?? '-')
  if (read === null || !/^rediss?:$/.test(read.protocol) || database === null) return undefined
  if (read.hostname === '' || read.search !== '' || read.hash !== '') return undefined
  try {
    return {
      isTls: read.protocol === 'rediss:',
      host: decodeURIComponent(read.hostname).replace(/^\[(.*)\]$/, '$1'),
      port: read.port === '' ? DEFAULT_PORT : Number(read.port),
      username: decodeURIComponent(read.username) || undefined,
      password: decodeURIComponent(read.password) || undefined,
      database: Number(database[1]),
    }
  } catch {
    return undefined // a % that is none
  }
}
