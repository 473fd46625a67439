/** The filters, endpoints, stores and authenticators that a configuration may name. */

import type { AuthenticatorDefinition } from '#sdk/authenticator'
import type { EndpointDefinition } from '#sdk/endpoint'
import type { FilterDefinition } from '#sdk/filter'
import type { StoreDefinition } from '#sdk/store'

export interface Known {
  readonly filters: readonly FilterDefinition[]
  readonly endpoints: readonly EndpointDefinition[]
  readonly stores: readonly StoreDefinition[]
  readonly authenticators: readonly AuthenticatorDefinition[]
}

/** A plugin's file that cannot be used. The message names it. */
export class PluginRefused extends Error {
  override readonly name = 'PluginRefused'
  readonly file: string

  constructor(file: string, why: string, cause?: unknown) {
    super(`the plugin ${file} ${why}`, { cause })
    this.file = file
  }
}
