/** What tells counters of one key apart: charges of other rates are counted for themselves. */

import type { Rate } from '#sdk/store'

/** A calendar's counts go on under another limit. */
export function rateName(rate: Rate): string {
  switch (rate.algorithm) {
    case 'calendar':
      return 'calendar'
    case 'concurrency':
      return `concurrency ${rate.limit}`
    case 'gcra':
      return `gcra ${rate.limit} ${rate.periodMs} ${rate.burst}`
    case 'fixedWindow':
    case 'slidingWindow':
      return `${rate.algorithm} ${rate.limit} ${rate.periodMs}`
  }
}
