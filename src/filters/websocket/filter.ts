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

  // Pages that may not are refused before anything is counted; a place is taken by who passed all else.
  parts: (options) => [
    { phase: 'shield', options },
    { phase: 'limit', options },
  ],

  create(options: z.output<typeof members> | false, { phase }) {
    if (phase === 'shield') return { onRequest: refusalOf(options) }
    if (options === false) return {}
    const { idle, maxDuration, connections = Infinity } = options
    return {
      onRequest(ex) {
        if (ex.request.upgrade === undefined) return
        if (ex.limits.takeTunnel({ idle, maxDuration }, connections)) return
        const fault = new Fault('TUNNELS_FULL')
        fault.retryAfterS = RETRY_AFTER_S
        throw fault
      },
    }
  },
})

function refusalOf(options: z.output<typeof members> | false): (ex: Exchange) => void {
  if (options === false)
    return ({ request }) => {
      if (request.upgrade !== undefined) throw new Fault('UPGRADE_REFUSED')
    }
  const { origins } = options
  const allowed = origins === undefined || origins.includes('*') ? undefined : new Set(origins)
  return (ex) => {
    if (allowed !== undefined && ex.request.upgrade !== undefined) checkOrigin(ex, allowed)
  }
}

/** Browsers always say it; whoever is none could say anything, so that nothing is won by asking for it. */
function checkOrigin({ request }: Exchange, allowed: ReadonlySet<string>): void {
  const said = request.headers.joined('origin')
  if (said === undefined || allowed.has(said)) return
  throw new Fault('ORIGIN_NOT_ALLOWED', `the page is of ${said}`)
}
