/** What `forwardAuth` takes. */

import {
  exchangeKey,
  FRAMING_FIELDS,
  headerName,
  HOP_FIELDS,
  type KeyPart,
  normalizePath,
  someTime,
  z,
} from '#sdk/index'

export interface CacheRules {
  /** Milliseconds that a yes holds at most. */
  readonly ttl: number
  /** What alone tells one question from another; undefined: all that is asked. */
  readonly key?: readonly KeyPart[] | undefined
}

/** They belong to the client's message, not to the question that is asked about it. */
const OF_THE_MESSAGE = /^(?:expect|range|content-.*|if-.*|x-forwarded-.*|sec-websocket-.*)$/

const isOurs = (name: string): boolean => FRAMING_FIELDS.has(name) || HOP_FIELDS.has(name)

const URL_WORDS =
  'expected the URL that is asked, such as http://auth.internal/check: without user, password or "#"'

const url = z.string({ error: URL_WORDS }).refine(isPlainUrl, { error: URL_WORDS })

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text) || !/^https?:\/\//.test(text)) return false
  const { username, password, hash, pathname } = new URL(text)
  return username + password + hash === '' && normalizePath(pathname) !== undefined
}

const sent = headerName().refine((name) => !isOurs(name) && !OF_THE_MESSAGE.test(name), {
  error:
    'expected a field of the caller’s own: those of the message, and what the gateway says of it, have no place here',
})

const taken = headerName().refine(
  (name) => !isOurs(name) && !/^(?:content-|set-cookie)/.test(name),
  {
    error:
      'expected a field that may be told to a service: this one frames a message or sets a cookie',
  },
)

const cache = z.union([
  someTime().transform((ttl): CacheRules => ({ ttl })),
  z.strictObject({
    ttl: someTime().describe('How long a yes holds at most'),
    key: exchangeKey()
      .optional()
      .describe('What alone tells callers and questions apart; else all that is asked'),
  }),
])

export const options = z.strictObject({
  url: url.describe('Who is asked: GET, with X-Forwarded-Method, -Uri, -Host, -Proto and -For'),
  send: z.array(sent).describe('Header fields of the request that the question brings along'),
  take: z
    .array(taken)
    .default([])
    .describe('Header fields of the answer that the service gets; nobody else can give it those'),
  consumer: headerName().optional().describe('The field of the answer that names the consumer'),
  groups: headerName().optional().describe('The field of the answer that lists their groups'),
  cache: cache.optional().describe('How long a yes holds; without it each request is asked for'),
  body: z.boolean().default(false).describe('Whether the question brings the body: a POST then'),
  timeout: someTime().default(5_000).describe('Until the answer is here (5s)'),
})

export type Options = z.output<typeof options>
