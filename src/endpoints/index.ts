/** Every built-in way to answer. Adding one is a folder and a line here. */

import { proxy } from './proxy/endpoint.ts'
import { redirect } from './redirect/endpoint.ts'
import { respond } from './respond/endpoint.ts'
import { usage } from './usage/endpoint.ts'

export const builtinEndpoints = [proxy, respond, redirect, usage] as const
