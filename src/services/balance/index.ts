/** The ways to balance, by the names they have in a configuration. */

import type { StickyRules } from '#services/sticky'
import { type KeyPart, readKey } from '#sdk/exchange-key'
import type { Balanced, Balancer } from './balancer.ts'
import { HashRing } from './hash.ts'
import { LeastRequests } from './least-requests.ts'
import { Random } from './random.ts'
import { RoundRobin } from './round-robin.ts'

export type Balance =
  | 'roundRobin'
  | 'leastRequests'
  | 'random'
  /** Parts of a key; see sdk/exchange-key. */
  | { readonly hash: readonly KeyPart[] }
  /** For who brings no cookie that says otherwise; see services/sticky. */
  | { readonly sticky: StickyRules }

export function createBalancer<T extends Balanced>(
  balance: Balance,
  targets: readonly T[],
): Balancer<T> {
  if (typeof balance === 'object' && 'sticky' in balance) return new LeastRequests(targets)
  if (typeof balance === 'object')
    return new HashRing(targets, readKey(balance.hash), new LeastRequests(targets))
  switch (balance) {
    case 'roundRobin':
      return new RoundRobin(targets)
    case 'random':
      return new Random(targets)
    case 'leastRequests':
      return new LeastRequests(targets)
  }
}
