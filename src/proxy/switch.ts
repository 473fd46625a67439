/** A reply that switches protocols (101): the exchange is over, and its connection goes on as a tunnel. */

import { count, recordOf } from '#proxy/account'
import type { HttpExchange } from '#proxy/exchange'
import type { Link } from '#sdk/link'
import type { ReplyStart } from '#wire/reply-channel'

/** Unless the route says otherwise: longer than between the pings that libraries send by themselves. */
const IDLE_MS = 300_000

export function switchProtocols(ex: HttpExchange, link: Link, start: ReplyStart): void {
  const { channel, listening, routeProgram } = ex
  const { idle = IDLE_MS, maxDuration, places } = ex.limits.tunnel ?? {}
  ex.switched()
  const durationMs = count(ex, true)
  // Copied, for a piece of a text keeps all of it: what is kept here is kept for long.
  const line = structuredClone(recordOf(ex, true, durationMs))
  listening.environment.tunnels.begin(channel.switchProtocols!(start), link, {
    listening,
    form: routeProgram.form,
    places,
    times: { idle, maxDuration },
    line,
  })
}
