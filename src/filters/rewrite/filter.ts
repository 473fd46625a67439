/** Asks the service for another path, and puts right what the reply says of paths. */

import { defineFilter, type Exchange, movePaths, pathAndQuery, restOf, Slot } from '#sdk/index'

/** A prefix as the service knows it, and as the client does. */
const movedPrefix = new Slot<{ readonly from: string; readonly to: string }>('movedPrefix')

export const rewrite = defineFilter({
  name: 'rewrite',
  summary: 'Asks the service for another path',
  phase: 'transform',

  options: pathAndQuery().describe(
    'The new path; {id} is a path parameter. A ? and what follows replaces the query of the client',
  ),

  create: ({ path, query }) => ({
    onRequest(ex) {
      const before = ex.forward.path
      ex.forward.path = path.render(ex.params)
      if (query !== undefined) ex.forward.query = query.render(ex.params)
      ex.set(movedPrefix, prefixThatMoved(ex, before))
    },
    onReply(ex, reply) {
      const prefix = ex.get(movedPrefix)
      if (prefix !== undefined) movePaths(ex, reply, prefix.from, prefix.to)
    },
  }),
})

/** Where both paths end in what the route's `**` took, it is all that stands before; else the whole path. */
function prefixThatMoved({ params, forward: { path: after } }: Exchange, before: string) {
  const rest = restOf(params)?.path ?? ''
  const kept = before.endsWith(rest) && after.endsWith(rest) ? rest.length : 0
  return { from: withoutEnd(after, kept), to: withoutEnd(before, kept) }
}

function withoutEnd(path: string, chars: number): string {
  return path.slice(0, path.length - chars).replace(/\/$/, '')
}
