/** What the normal form of a path costs: a plain one, and one with escapes and dots. */

import { normalizePath } from '#http/path'
import { nanoseconds } from './nanoseconds.ts'

const head = 'GET /v1/orders/123456/items/789/details/abcd HTTP/1.1'

nanoseconds('path, plain, 40 chars', () => normalizePath(head.slice(4, 44)))
nanoseconds('path with escapes', () => normalizePath('/v1/caf%C3%A9/a%2Fb/%61bc'))
nanoseconds('path with dot segments', () => normalizePath('/v1/orders/../items/./789'))
