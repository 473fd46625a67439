/** `csrf`: pages of other sites may not make a browser do what its cookies allow. */

import { defineFilter, type Exchange, Fault, isOrigin, oneOrMore, z } from '#sdk/index'

const long = z.strictObject({
  origins: oneOrMore(
    z.string().refine(isOrigin, { error: 'expected an origin such as https://app.example' }),
  )
    .default([])
    .describe('Pages of other origins that may all the same'),
})

/** What they do is look (RFC 9110 §9.2.1). */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY'])

export const csrf = defineFilter({
  name: 'csrf',
  summary: 'Requests that change something come from pages of this site, or from no page at all',
  phase: 'authenticate',
  protects: true,
  options: z.union([z.literal(true).transform(() => long.parse({})), long]),

  create({ origins }) {
    const trusted = new Set(origins)
    return {
      onRequest(ex) {
        if (SAFE.has(ex.request.method) && ex.request.upgrade === undefined) return
        const problem = problemOf(ex, trusted)
        if (problem !== undefined) throw new Fault('CROSS_SITE', problem)
      },
    }
  },
})

/** Every browser of today says Sec-Fetch-Site; older ones say Origin; whoever says neither is none, and has no cookies of others. */
function problemOf({ request }: Exchange, trusted: ReadonlySet<string>): string | undefined {
  const { headers } = request
  const origins = headers.all('origin')
  const [origin] = origins
  if (origins.length > 1) return 'there is more than one Origin'
  if (origin !== undefined && trusted.has(origin)) return undefined
  const site = headers.joined('sec-fetch-site')
  if (site === 'same-origin' || site === 'none') return undefined
  if (site !== undefined) return `the page is ${site}`
  if (origin === undefined || origin === `${request.scheme}://${request.authority}`)
    return undefined
  return `the page is of ${origin}`
}
