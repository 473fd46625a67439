/** Every built-in filter. Adding one is a folder and a line here; within a phase they run in this order. */

import { auth } from './auth/filter.ts'
import { authorize } from './authorize/filter.ts'
import { callRules } from './call-rules/filters.ts'
import { clientCertificate } from './client-certificate/filter.ts'
import { cors } from './cors/filter.ts'
import { csrf } from './csrf/filter.ts'
import { headers } from './headers/filter.ts'
import { identity } from './identity/filter.ts'
import { ip } from './ip/filter.ts'
import { limits } from './limits/filter.ts'
import { priority } from './priority/filter.ts'
import { rateLimit } from './rate-limit/filter.ts'
import { rewrite } from './rewrite/filter.ts'
import { stripPrefix } from './strip-prefix/filter.ts'
import { websocket } from './websocket/filter.ts'

export const builtinFilters = [
  priority,
  limits,
  cors,
  ip,
  rateLimit,
  clientCertificate,
  auth,
  csrf,
  authorize,
  websocket,
  stripPrefix,
  rewrite,
  headers,
  identity,
  ...callRules,
] as const
