/** Sets, adds and removes header fields, on the way to the service and on the way back. */

import {
  defineFilter,
  headerName,
  type HeaderList,
  oneOrMore,
  type Params,
  template,
  z,
} from '#sdk/index'
import { lookAlikeRemoval } from './look-alikes.ts'
import { mergeHeaders } from './merge.ts'

/** The gateway's own: they frame messages, or belong to one connection. */
const OWN_FIELDS: ReadonlySet<string> = new Set(
  'connection transfer-encoding content-length host te trailer upgrade keep-alive proxy-connection'.split(
    ' ',
  ),
)

const field = headerName().refine((name) => !OWN_FIELDS.has(name), {
  error: 'expected a header that is not the gateway’s own (Host is set by `host`)',
})

const edits = z.strictObject({
  set: z.record(field, template('header')).optional().describe('In place of all there were'),
  add: z
    .record(field, oneOrMore(template('header')))
    .optional()
    .describe('Beside those there are'),
  remove: oneOrMore(field).optional().describe('Taken away'),
})

export const headers = defineFilter({
  name: 'headers',
  summary: 'Sets, adds and removes header fields',
  phase: 'transform',
  combine: 'members',
  merge: mergeHeaders,

  options: z.strictObject({
    request: edits.optional().describe('What the service gets'),
    response: edits.optional().describe('What the client gets'),
  }),

  create({ request, response }) {
    const toService = request && compileEdits(request)
    const toClient = response && compileEdits(response)
    const removeLookAlikes = lookAlikeRemoval([
      ...Object.keys(request?.set ?? {}),
      ...(request?.remove ?? []),
    ])
    return {
      ...(toService && {
        onRequest(ex) {
          const list = (ex.forward.headers ??= ex.request.headers.copy())
          removeLookAlikes(list)
          toService(list, ex.params)
        },
      }),
      ...(toClient && { onReply: (ex, reply) => toClient(reply.headers, ex.params) }),
    }
  },
})

function compileEdits({ set = {}, add = {}, remove = [] }: z.output<typeof edits>) {
  const sets = Object.entries(set)
  const adds = Object.entries(add)
  return (list: HeaderList, params: Params): void => {
    for (const name of remove) list.delete(name)
    for (const [name, value] of sets) list.set(name, value.render(params))
    for (const [name, values] of adds) {
      for (const value of values) list.add(name, value.render(params))
    }
  }
}
