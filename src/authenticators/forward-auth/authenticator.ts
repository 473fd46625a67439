/** `forwardAuth`: another server is asked about each request, and what it says holds. */

import { defineAuthenticator, normalizePath } from '#sdk/index'
import { ForwardAuth } from './forward-auth.ts'
import { options } from './options.ts'

export const forwardAuth = defineAuthenticator({
  name: 'forwardAuth',
  summary: 'Asks another server, which lets a request pass by 2xx and answers it by anything else',
  options,
  references: ({ url }) => [{ kind: 'target', url: new URL(url).origin }],
  create: (read, host) => new ForwardAuth(read, host, normalizePath(new URL(read.url).pathname)!),
})
