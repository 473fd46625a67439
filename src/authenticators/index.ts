/** Every built-in way to know who calls. Adding one is a folder and a line here. */

import { apiKey } from './api-key/authenticator.ts'
import { basic } from './basic/authenticator.ts'
import { clientCertificate } from './client-certificate/authenticator.ts'
import { forwardAuth } from './forward-auth/authenticator.ts'
import { introspection } from './introspection/authenticator.ts'
import { jwt } from './jwt/authenticator.ts'
import { oidc } from './oidc/authenticator.ts'
import { signature } from './signature/authenticator.ts'
import { webhook } from './webhook/authenticator.ts'

export const builtinAuthenticators = [
  apiKey,
  basic,
  clientCertificate,
  forwardAuth,
  introspection,
  jwt,
  oidc,
  signature,
  webhook,
] as const
