/** What `explain` says of routes that lost, and why. */

import type { MatchInput } from '#routing/match'
import type { Router } from '#routing/router'

/** Near misses shown: the first are the most specific. */
const MAX_OTHERS = 20

export function describeOthers(router: Router<unknown>, input: MatchInput): string[] {
  const lost = router.explain(input).filter(({ won }) => !won)
  const lines = lost
    .slice(0, MAX_OTHERS)
    .map(
      ({ rule, path, reason }) =>
        `lost      ${rule === path ? rule : `${rule} (${path})`}: ${reason}`,
    )
  return lost.length > MAX_OTHERS ? [...lines, `lost      ${lost.length - MAX_OTHERS} more`] : lines
}
