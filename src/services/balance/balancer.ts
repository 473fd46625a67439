/** Which of the targets that can be asked is asked. */

import type { Exchange } from '#sdk/exchange'

export interface Balanced {
  /** Its name: the same one for all who look. */
  readonly url: string
  /** Its share beside the others: 1 or more. */
  readonly weight: number
  /** Calls under way. */
  readonly load: number
}

/** Made anew when the targets change. */
export interface Balancer<T extends Balanced> {
  /** Undefined when there is none. */
  pick(ex: Exchange): T | undefined
}
