/** The filters and endpoints that a configuration may name. */

import type { EndpointDefinition } from '#sdk/endpoint'
import type { FilterDefinition } from '#sdk/filter'

export interface Known {
  readonly filters: readonly FilterDefinition[]
  readonly endpoints: readonly EndpointDefinition[]
}
