/** `redirect`: sends the client to another place, with what its path holds. */

import {
  defineEndpoint,
  HeaderList,
  parsePathAndQuery,
  type PathAndQuery,
  readText,
  Reply,
  z,
} from '#sdk/index'

/** @public It stands in the declarations of the package. */
export interface Target extends PathAndQuery {
  /** Scheme and authority, or '' for this host: fixed text, which no value can change. */
  readonly origin: string
}

const ORIGIN = /^https?:\/\/(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?=[/?]|$)/

const target = readText(readTarget).describe(
  'A path or an http(s) URL; {id} is a path parameter, a final /** what that of the route took',
)

const long = z.strictObject({
  to: target,
  status: z.literal([301, 302, 303, 307, 308]).default(308).describe('301, 302, 303, 307 or 308'),
  query: z
    .enum(['keep', 'drop'])
    .default('keep')
    .describe('What becomes of the client’s query when `to` has none of its own'),
})

export const redirect = defineEndpoint({
  name: 'redirect',
  summary: 'Sends the client to another place',
  options: z.union([target.transform((to) => ({ to, status: 308, query: 'keep' as const })), long]),

  create({ to, status, query }) {
    return ({ request, params }) => {
      const own = query === 'keep' ? request.query : ''
      const tail = to.query === undefined ? own : to.query.render(params)
      const location = to.origin + to.path.render(params) + tail
      return new Reply(status, new HeaderList(['location', location]))
    }
  },
})

function readTarget(text: string): Target | string {
  const origin = ORIGIN.exec(text)?.[0] ?? ''
  const rest = text.slice(origin.length)
  if (origin === '' && !rest.startsWith('/')) {
    return `${text}: expected a path such as /new/** or an http(s) URL with a fixed host`
  }
  const read = parsePathAndQuery(origin !== '' && !rest.startsWith('/') ? `/${rest}` : rest)
  return typeof read === 'string' ? read : { origin, ...read }
}
