/** `respond`: answers by itself, always the same. */

import { defineEndpoint, headerName, HeaderList, oneOrMore, Reply, template, z } from '#sdk/index'

/** Replies with these have no body (RFC 9110 §6.4.1). */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304])

const long = z
  .strictObject({
    status: z.int().min(200).max(599).default(200).describe('The status code'),
    headers: z
      .record(headerName(), oneOrMore(template('header')))
      .default({})
      .describe('Header fields; {id} is a path parameter'),
    body: z.string().optional().describe('The body, sent as it is'),
  })
  .refine(({ status, body }) => body === undefined || !BODILESS.has(status), {
    path: ['body'],
    error: 'expected no body with this status',
  })

export const respond = defineEndpoint({
  name: 'respond',
  summary: 'Answers by itself, always the same',
  options: z.union([z.string().transform((body) => long.parse({ body })), long]),

  create({ status, headers, body }) {
    const fields = Object.entries(headers)
    const isTyped = body === undefined || 'content-type' in headers
    return ({ params }) => {
      const list = new HeaderList(isTyped ? [] : ['content-type', 'text/plain; charset=utf-8'])
      for (const [name, values] of fields) {
        for (const value of values) list.add(name, value.render(params))
      }
      return new Reply(status, list, body)
    }
  },
})
