/** Sets, adds and removes header fields, on the way to the service and on the way back. */

import {
  defineFilter,
  FRAMING_FIELDS,
  headerName,
  type HeaderList,
  HOP_FIELDS,
  lookAlikeRemoval,
  oneOrMore,
  type Params,
  template,
  z,
} from '#sdk/index'
import { mergeHeaders } from './merge.ts'

const REQUEST_ID: ReadonlySet<string> = new Set(['x-request-id'])

function edits(own: ReadonlySet<string>) {
  const field = headerName().refine((name) => !FRAMING_FIELDS.has(name) && !own.has(name), {
    error: ({ input }) =>
      `expected a header that is not the gateway’s own${input === 'host' ? ' (Host is set by `host`)' : ''}`,
  })
  return z.strictObject({
    set: z.record(field, template('header')).optional().describe('In place of all there were'),
    add: z
      .record(field, oneOrMore(template('header')))
      .optional()
      .describe('Beside those there are'),
    remove: oneOrMore(field).optional().describe('Taken away'),
  })
}

export const headers = defineFilter({
  name: 'headers',
  summary: 'Sets, adds and removes header fields',
  phase: 'transform',
  combine: 'members',
  merge: mergeHeaders,

  options: z.strictObject({
    request: edits(HOP_FIELDS).optional().describe('What the service gets'),
    response: edits(REQUEST_ID).optional().describe('What the client gets'),
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

function compileEdits({ set = {}, add = {}, remove = [] }: z.output<ReturnType<typeof edits>>) {
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
