/** What reading a Host costs: one that was seen before, and one that was not. */

import { parseAuthority } from '#http/authority'
import { nanoseconds } from './nanoseconds.ts'

const heads = Array.from(
  { length: 4 },
  (_, n) => `GET / HTTP/1.1\r\nHost: api${n}.shop.example:8080`,
)
const long = Array.from({ length: 5_000 }, (_, n) => `tenant-${n}.shop.example`)

nanoseconds('authority seen before', (n) => parseAuthority(heads[n & 3]!.slice(22)))
nanoseconds('authority never seen', (n) => parseAuthority(long[n % long.length]!))
