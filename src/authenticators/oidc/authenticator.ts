/** `oidc`: people log in at an issuer, in their browser, and come back with a session. */

import { defineAuthenticator } from '#sdk/index'
import { Oidc } from './oidc.ts'
import { options } from './options.ts'

export const oidc = defineAuthenticator({
  name: 'oidc',
  summary: 'Login in the browser at an OpenID provider; a sealed cookie is the session',
  options,
  secrets: ['clientSecret', 'secret'],
  paths: ({ paths }) => [paths.callback, paths.logout],
  create: (read, host) => new Oidc(read, host),
})
