/** Where programs are built: what a worker has, whatever its configuration. */

import type { Clock } from '#base/clock'
import type { KeptStates } from '#compile/kept'
import type { LimitNews } from '#compile/limit-news'
import type { Known } from '#config/known'
import type { Consumers } from '#sdk/consumers'
import type { Errands } from '#sdk/errands'
import type { Log } from '#sdk/filter'
import type { Mirrors } from '#services/mirrors'
import type { ServiceRegistry } from '#services/registry'

export interface Site {
  readonly known: Known
  readonly clock: Clock
  readonly log: Log
  readonly services: ServiceRegistry
  readonly mirrors: Mirrors
  readonly kept: KeptStates
  readonly limits: LimitNews
  readonly consumers: Consumers
  readonly errands: Errands
  /** What all workers of this gateway, and no others, call it. */
  readonly gateway: string
  /** Which of how many workers it is, from 0. */
  readonly worker: number
  readonly workers: number
}
