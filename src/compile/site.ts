/** Where programs are built: what a worker has, whatever its configuration. */

import type { Clock } from '#base/clock'
import type { Known } from '#config/known'
import type { Log } from '#sdk/filter'
import type { Mirrors } from '#services/mirrors'
import type { ServiceRegistry } from '#services/registry'

export interface Site {
  readonly known: Known
  readonly clock: Clock
  readonly log: Log
  readonly services: ServiceRegistry
  readonly mirrors: Mirrors
}
