/** `dns`: a name, whose addresses are the targets. */

import type { Source } from './source.ts'

/** The name is all there is to tell: its addresses are found as those of every name are. */
export function dnsSource({ name, port }: { name: string; port: number }): Source {
  const target = { host: name, port, basePath: '', weight: 1, tier: 1, drain: false }
  return {
    ask: () => Promise.resolve({ targets: [target], holdsMs: Infinity }),
    stop() {},
  }
}
