/** `websocket`: who may switch to it on a route, and for how long; `false` is nobody. */

import { defineFilter, duration, type Exchange, Fault, isOrigin, oneOrMore, z } from '#sdk/index'

const ORIGIN = 'expected an origin such as https://app.example, or *'

const origin = z
  .string({ error: ORIGIN })
  .refine((text) => text === '*' || isOrigin(text), { error: ORIGIN })

const members = z.strictObject({
  origins: oneOrMore(origin)
    .optional()
    .describe('Pages that may connect, by their origin; else, and with *, those of anywhere'),
  idle: duration()
    .optional()
    .describe('How long nothing may move, either way (5m); 0s is no limit'),
  maxDuration: duration().optional().describe('How long one may last in all; else no limit'),
  connections: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('How many may be open at once, over all workers; beyond it they are 503'),
})

/** When one who found no place may ask again, in seconds. */
const RETRY_AFTER_S = 5

export const websocket = defineFilter({
  name: 'websocket',
  summary:
    'WebSocket connections: whose pages may open them, how many, for how long; false is none',
  phase: 'limit',
  options: z.union([members, z.literal(true).transform(() => ({})), z.literal(false)]),

  create(options: z.output<typeof members> | false) {
    if (options === false)
      return {
        onRequest(ex) {
          if (ex.request.upgrade !== undefined) throw new Fault('UPGRADE_REFUSED')
        },
      }
    const { origins, idle, maxDuration, connections = Infinity } = options
    const allowed = origins === undefined || origins.includes('*') ? undefined : new Set(origins)
    return {
      onRequest(ex) {
        if (ex.request.upgrade === undefined) return
        if (allowed !== undefined) checkOrigin(ex, allowed)
        if (ex.limits.takeTunnel({ idle, maxDuration }, connections)) return
        const fault = new Fault('TUNNELS_FULL')
        fault.retryAfterS = RETRY_AFTER_S
        throw fault
      },
    }
  },
})

/** Browsers always say it; whoever is none could say anything, so that nothing is won by asking for it. */
function checkOrigin({ request }: Exchange, allowed: ReadonlySet<string>): void {
  const said = request.headers.joined('origin')
  if (said === undefined || allowed.has(said)) return
  throw new Fault('ORIGIN_NOT_ALLOWED', `the page is of ${said}`)
}
