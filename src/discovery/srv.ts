/** `srv`: records that name hosts and their ports, with priorities and weights (RFC 2782). */

import type { Names } from './names.ts'
import type { Source } from './source.ts'

/** Their own time to live cannot be seen: they are asked for again after so long, or when an address ends. */
const HOLDS_MS = 15_000

export function srvSource({ name }: { name: string }, names: Names): Source {
  return {
    async ask() {
      const records = await names.servicesOf(name)
      const targets = records
        .filter((record) => record.name !== '' && record.port > 0) // '.': there is decidedly none
        .map((record) => ({
          host: record.name,
          port: record.port,
          basePath: '',
          weight: Math.max(1, record.weight),
          tier: record.priority + 1,
          drain: false,
        }))
      return { targets, holdsMs: HOLDS_MS }
    },
    stop() {},
  }
}
