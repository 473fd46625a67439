/** `apiKey`: a consumer's key in a header, the query or a cookie; known by its SHA-256 alone. */

import { hash } from 'node:crypto'
import {
  type Carriers,
  defineAuthenticator,
  type Exchange,
  exchangeKey,
  Fault,
  headerName,
  Identity,
  readKey,
  Refusal,
  z,
} from '#sdk/index'

const token = (what: string) =>
  z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, { error: `expected ${what}` })

const options = z
  .strictObject({
    header: headerName().optional().describe('The header field that holds it: x-api-key'),
    scheme: token('a scheme such as Bearer')
      .optional()
      .describe('The word before it in that field: Bearer'),
    query: token('the name of a query member').optional().describe('The member of the query'),
    cookie: token('the name of a cookie').optional().describe('The cookie'),
  })
  .superRefine(({ header, query, cookie, scheme }, check) => {
    const places = [header, query, cookie].filter((place) => place !== undefined).length
    if (places !== 1) check.addIssue('expected one of header, query and cookie')
    else if (scheme !== undefined && header === undefined)
      check.addIssue('found a scheme without a header, expected both: only a header has one')
  })

type Options = z.output<typeof options>

/** Longer ones are none of ours. */
const MAX_CHARACTERS = 1_024
const KEY = /^[!-~]+$/

export const apiKey = defineAuthenticator({
  name: 'apiKey',
  summary: 'Keys of consumers, in a header, the query or a cookie',
  options,

  create(where, { consumers, stage }) {
    const read = reader(where)
    const challenge = challengeOf(where)
    return {
      carriers: carriersOf(where),
      challenge,
      authenticate(ex) {
        const key = read(ex)
        if (key === undefined) return undefined
        const found =
          key.length <= MAX_CHARACTERS && KEY.test(key)
            ? consumers.byKey(hash('sha256', key, 'buffer'), stage)
            : undefined
        if (found === undefined) return new Refusal(new Fault('CREDENTIALS_REFUSED'), challenge)
        const { consumer, scopes, label: credential } = found
        return new Identity(consumer, { scopes, credential })
      },
    }
  },
})

/** Several of them are read as one that is nobody's. */
function reader({ header, scheme, query, cookie }: Options): (ex: Exchange) => string | undefined {
  if (query !== undefined) return ({ request }) => inQuery(request.query, query)
  if (cookie !== undefined) return readKey(exchangeKey().parse(`cookie:${cookie}`))
  if (scheme === undefined) return ({ request }) => request.headers.joined(header!)
  const before = `${scheme.toLowerCase()} `
  return ({ request }) => {
    const value = request.headers.joined(header!)
    if (value === undefined || value.length < before.length) return undefined
    return value.slice(0, before.length).toLowerCase() === before
      ? value.slice(before.length).trimStart()
      : undefined
  }
}

function inQuery(query: string, name: string): string | undefined {
  if (query === '') return undefined
  const values = new URLSearchParams(query).getAll(name)
  return values.length === 0 ? undefined : values.join(' ')
}

function carriersOf({ header, query, cookie }: Options): Carriers {
  return {
    ...(header && { headers: [header] }),
    ...(query && { query: [query] }),
    ...(cookie && { cookies: [cookie] }),
  }
}

function challengeOf({ header, scheme, query, cookie }: Options): string {
  if (scheme !== undefined) return `${scheme} realm="api"`
  const [kind, name] = header ? ['header', header] : query ? ['query', query] : ['cookie', cookie]
  return `ApiKey realm="api", in="${kind}", name="${name}"`
}
