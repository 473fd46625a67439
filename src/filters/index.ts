/** Every built-in filter. Adding one is a folder and a line here; within a phase they run in this order. */

import { headers } from './headers/filter.ts'
import { limits } from './limits/filter.ts'
import { retry } from './retry/filter.ts'
import { rewrite } from './rewrite/filter.ts'
import { stripPrefix } from './strip-prefix/filter.ts'

import { timeout } from './timeout/filter.ts'

export const builtinFilters = [limits, timeout, retry, stripPrefix, rewrite, headers] as const
