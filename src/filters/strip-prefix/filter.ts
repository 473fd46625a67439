/** Takes a prefix off the path before the service sees it, and puts it back into what the reply says of paths. */

import { defineFilter, movePaths, normalizePath, z } from '#sdk/index'

export const stripPrefix = defineFilter({
  name: 'stripPrefix',
  summary: 'Takes a prefix off the path that the service sees',
  phase: 'transform',

  options: z
    .string()
    .refine((path) => path !== '/' && normalizePath(path) === path, {
      error: 'expected a path such as /svc, without dot segments and //',
    })
    .transform((path) => path.replace(/\/$/, ''))
    .describe('The prefix, of whole segments'),

  create: (prefix) => ({
    onRequest({ forward }) {
      if (isUnder(forward.path, prefix)) forward.path = forward.path.slice(prefix.length) || '/'
    },
    onReply(ex, reply) {
      if (isUnder(ex.request.path, prefix)) movePaths(ex, reply, '', prefix)
    },
  }),
})

function isUnder(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`)
}
