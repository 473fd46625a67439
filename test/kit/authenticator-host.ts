/** The gateway as an authenticator under test sees it: a clock that stands still, errands and calls that are written down. */

import { FakeClock } from '#base/clock'
import type { AuthenticatorHost } from '#sdk/authenticator'
import type { Errand, ErrandAnswer } from '#sdk/errands'
import type { Exchange } from '#sdk/exchange'
import type { Reply } from '#sdk/reply'
import type { Service, ServiceRequest } from '#sdk/service'

export interface FakeAuthenticatorHost extends AuthenticatorHost {
  readonly clock: FakeClock
  /** What was asked by errands, in order. */
  readonly asked: Errand[]
  /** What services were called for, in order. */
  readonly called: ServiceRequest[]
  readonly logged: string[]
}

export interface FakeParts {
  readonly name?: string
  readonly stage?: string
  /** Answers errands. */
  readonly errand?: (errand: Errand) => Promise<Partial<ErrandAnswer>> | Partial<ErrandAnswer>
  /** Answers calls of services. */
  readonly call?: (request: ServiceRequest, ex: Exchange) => Promise<Reply> | Reply
}

export function fakeAuthenticatorHost(parts: FakeParts = {}): FakeAuthenticatorHost {
  const clock = new FakeClock()
  const asked: Errand[] = []
  const called: ServiceRequest[] = []
  const logged: string[] = []
  const kept = new Map<string, object>()
  const said = new Map<string, number>()
  return {
    clock,
    asked,
    called,
    logged,
    log: {
      warn: (message) => void logged.push(message),
      error: (message) => void logged.push(message),
    },
    name: parts.name ?? 'one',
    stage: parts.stage ?? '',
    consumers: {
      byKey: () => undefined,
      named: (name, groups = []) => ({ name, groups }),
    },
    errands: {
      async run(errand) {
        asked.push(errand)
        if (parts.errand === undefined) throw new Error('nobody answers errands here')
        const answer = await parts.errand(errand)
        return { status: 200, headers: {}, body: '', at: clock.wall(), ...answer }
      },
    },
    service: (name): Service => ({
      name,
      call(ex, request) {
        called.push(request)
        if (parts.call === undefined) throw new Error('nobody answers calls here')
        return parts.call(request, ex)
      },
    }),
    keep<T extends object>(what: string, make: () => T): T {
      if (!kept.has(what)) kept.set(what, make())
      return kept.get(what) as T
    },
    isFirst(word, forMs) {
      const until = said.get(word)
      if (until !== undefined && until > clock.now()) return false
      said.set(word, clock.now() + forMs)
      return true
    },
    processKey: (purpose) => Buffer.alloc(32, purpose),
  }
}
