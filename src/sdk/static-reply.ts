/** A reply that is always the same: the words for it, and the making of it. */

import { z } from 'zod'
import { HeaderList } from '#http/header-list'
import { Reply } from '#sdk/reply'
import { headerName, oneOrMore } from '#sdk/schema'

/** Replies with these have no body (RFC 9110 §6.4.1). */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304])

/** As it is written; a text alone is the body. `value`: what a header's value is read as; `hint`: what may stand in it. */
export function staticReply<Value extends z.ZodType>(value: Value, hint = 'sent as they are') {
  const long = z
    .strictObject({
      status: z.int().min(200).max(599).default(200).describe('The status code'),
      headers: z
        .record(headerName(), oneOrMore(value))
        .default({})
        .describe(`Header fields; ${hint}`),
      body: z.string().optional().describe('The body, sent as it is'),
    })
    .refine(({ status, body }) => body === undefined || !BODILESS.has(status), {
      path: ['body'],
      error: 'expected no body with this status',
    })
  return z.union([z.string().transform((body) => long.parse({ body })), long])
}

/** `textOf`: what a header's value comes to. */
export function makeStaticReply<Value>(
  { status, headers, body }: StaticReply<Value>,
  textOf: (value: Value) => string,
): Reply {
  const isTyped = body === undefined || 'content-type' in headers
  const list = new HeaderList(isTyped ? [] : ['content-type', 'text/plain; charset=utf-8'])
  for (const [name, values] of Object.entries(headers)) {
    for (const value of values) list.add(name, textOf(value))
  }
  return new Reply(status, list, body)
}

export interface StaticReply<Value> {
  readonly status: number
  readonly headers: Readonly<Record<string, readonly Value[]>>
  readonly body?: string | undefined
}
