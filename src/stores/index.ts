/** The list of built-in stores. */

import { memory } from './memory/store.ts'
import { redis } from './redis/store.ts'

export const builtinStores = [memory, redis] as const
