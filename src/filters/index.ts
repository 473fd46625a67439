/** Every built-in filter. Adding one is a folder and a line here; within a phase they run in this order. */

import { callRules } from './call-rules/filters.ts'
import { clientCertificate } from './client-certificate/filter.ts'
import { headers } from './headers/filter.ts'
import { limits } from './limits/filter.ts'
import { priority } from './priority/filter.ts'
import { rewrite } from './rewrite/filter.ts'
import { stripPrefix } from './strip-prefix/filter.ts'
import { websocket } from './websocket/filter.ts'

export const builtinFilters = [
  priority,
  limits,
  clientCertificate,
  websocket,
  stripPrefix,
  rewrite,
  headers,
  ...callRules,
] as const
