/** `usage`: tells callers what is left to them. To ask costs nothing. */

import { defineEndpoint, HeaderList, LIMITS_SEEN, type LimitSeen, Reply, z } from '#sdk/index'

export const usage = defineEndpoint({
  name: 'usage',
  summary: 'Tells callers what their limits leave them',
  options: z.literal(true),

  create: () => (ex) => {
    const { consumer } = ex
    const body = {
      ...(consumer && { consumer: consumer.name }),
      ...(consumer?.plan !== undefined && { plan: consumer.plan }),
      ...(consumer?.features && { features: consumer.features }),
      limits: (ex.get(LIMITS_SEEN) ?? []).map(shown),
    }
    const headers = new HeaderList([
      'content-type',
      'application/json',
      'cache-control',
      'no-store',
    ])
    return new Reply(200, headers, `${JSON.stringify(body, undefined, 2)}\n`)
  },
})

function shown({ limiter, standing }: LimitSeen) {
  const { name, scope, limit, windowS } = limiter
  return {
    name,
    of: scope.split(' ', 1)[0],
    limit,
    ...(windowS !== undefined && { windowSeconds: windowS }),
    remaining: standing.remaining,
    ...(windowS !== undefined && { resetsInSeconds: Math.ceil(standing.resetMs / 1_000) }),
  }
}
