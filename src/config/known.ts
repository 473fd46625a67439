/** The filters, endpoints and stores that a configuration may name. */

import type { EndpointDefinition } from '#sdk/endpoint'
import type { FilterDefinition } from '#sdk/filter'
import type { StoreDefinition } from '#sdk/store'

export interface Known {
  readonly filters: readonly FilterDefinition[]
  readonly endpoints: readonly EndpointDefinition[]
  readonly stores: readonly StoreDefinition[]
}
