/** The list of built-in stores. */

import { memory } from './memory/store.ts'

export const builtinStores = [memory] as const
