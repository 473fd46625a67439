/** `introspection`: tokens that only who issued them can read (RFC 7662). */

import { defineAuthenticator } from '#sdk/index'
import { tokenAuthenticator } from '../tokens/token-authenticator.ts'
import { Answers, Introspector } from './introspector.ts'
import { options, problemsOf } from './options.ts'

export const introspection = defineAuthenticator({
  name: 'introspection',
  summary: 'Tokens that are asked about where they were issued (RFC 7662)',
  options,
  secrets: ['clientSecret'],
  check: problemsOf,
  references: ({ url }) => [{ kind: 'target', url: new URL(url).origin }],

  create(read, host) {
    const answers = host.keep('answers', () => new Answers())
    return tokenAuthenticator(host, new Introspector(read, host, answers))
  },
})
