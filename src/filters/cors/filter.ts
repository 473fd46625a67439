/** `cors`: which pages of other origins may call, and read what comes back (Fetch §3.2). */

import {
  defineFilter,
  duration,
  type Exchange,
  type HeaderList,
  headerName,
  oneOrMore,
  Reply,
  z,
} from '#sdk/index'
import { isOriginPattern, originTest } from './origins.ts'

const ORIGIN = 'expected an origin such as https://app.example or https://*.app.example, or *'

const origins = () =>
  oneOrMore(z.string({ error: ORIGIN }).refine(isOriginPattern, { error: ORIGIN }))

const fieldNames = () =>
  z.union([z.literal('*').transform(() => undefined), oneOrMore(headerName())])

const methods = z.union([
  z.literal('*').transform(() => undefined),
  oneOrMore(
    z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Z]+$/, { error: 'expected a method such as GET' }),
  ),
])

const long = z
  .strictObject({
    origins: origins().describe('Whose pages: https://app.example, https://*.app.example, or *'),
    methods: methods
      .optional()
      .describe('Methods they may use; else, and with *, those that the route takes'),
    headers: fieldNames()
      .optional()
      .describe('Fields they may send beyond the harmless; else, and with *, those they ask for'),
    expose: oneOrMore(headerName()).optional().describe('Fields of the reply that they may read'),
    credentials: z.boolean().prefault(false).describe('Whether cookies may come along'),
    maxAge: duration().prefault('10m').describe('How long a browser may remember all that'),
  })
  .refine(({ origins: list, credentials }) => !(credentials && list.includes('*')), {
    error:
      'found origins: "*" beside credentials: true, expected the origins by name: any page could act as its visitor',
  })

export const cors = defineFilter({
  name: 'cors',
  summary: 'Pages of other origins that may call from a browser',
  phase: 'shield',
  answersPreflights: true,

  options: z.union([origins().transform((list) => long.parse({ origins: list })), long]),

  create(options) {
    const { credentials, expose, maxAge } = options
    const isAllowed = originTest(options.origins)
    const isOpen = options.origins.includes('*')

    /** The one Origin that a request names, if its pages may. */
    const originOf = ({ request }: Exchange): string | undefined => {
      const said = request.headers.all('origin')
      return said.length === 1 && isAllowed(said[0]!) ? said[0] : undefined
    }
    const allow = (headers: HeaderList, origin: string): void => {
      headers.set('access-control-allow-origin', isOpen ? '*' : origin)
      if (credentials) headers.set('access-control-allow-credentials', 'true')
      if (expose !== undefined) headers.set('access-control-expose-headers', expose.join(', '))
    }
    const preflight = (ex: Exchange): Reply => {
      const reply = new Reply(204)
      const origin = originOf(ex)
      if (origin === undefined) return reply
      const asked = ex.request.headers
      const { methods: may = [asked.get('access-control-request-method')!] } = options
      const fields = options.headers?.join(', ') ?? asked.joined('access-control-request-headers')
      allow(reply.headers, origin)
      reply.headers.set('access-control-allow-methods', may.join(', '))
      if (fields !== undefined) reply.headers.set('access-control-allow-headers', fields)
      reply.headers.set('access-control-max-age', String(Math.floor(maxAge / 1_000)))
      return reply
    }

    return {
      onRequest(ex) {
        return isPreflight(ex) ? varied(preflight(ex), PREFLIGHT) : undefined
      },
      onReply(ex, reply) {
        if (reply.from === 'service') removeOwn(reply.headers)
        const origin = originOf(ex)
        if (origin !== undefined) allow(reply.headers, origin)
        varied(reply, ['Origin'])
      },
    }
  },
})

const PREFLIGHT = ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers']

function isPreflight({ request: { method, headers } }: Exchange): boolean {
  return (
    method === 'OPTIONS' && headers.has('origin') && headers.has('access-control-request-method')
  )
}

/** What the service says of it itself would stand there twice. */
function removeOwn({ flat }: HeaderList): void {
  for (let i = flat.length - 2; i >= 0; i -= 2)
    if (flat[i]!.startsWith('access-control-')) flat.splice(i, 2)
}

/** A cache must not give one origin what was said for another (RFC 9110 §12.5.5). */
function varied(reply: Reply, names: readonly string[]): Reply {
  const before = reply.headers.joined('vary')
  const known = (before ?? '').toLowerCase().split(/\s*,\s*/)
  if (known.includes('*')) return reply
  const missing = names.filter((name) => !known.includes(name.toLowerCase()))
  if (missing.length > 0)
    reply.headers.set('vary', [...(before === undefined ? [] : [before]), ...missing].join(', '))
  return reply
}
