/** The contract of what answers at the end of a route. */

import type { z } from 'zod'
import type { Endpoint, Host } from '#sdk/filter'
import type { Service } from '#sdk/service'

/** Something outside the route that its options name; the configuration is refused when it is not there. */
export type Reference =
  | { readonly kind: 'service'; readonly name: string }
  /** A service written in place: `http(s)://host:port/base` or `unix:/path`. Its name is its text. */
  | { readonly kind: 'target'; readonly url: string }

export interface EndpointHost extends Host {
  /** A service that `references` named. */
  service(name: string): Service
}

export interface EndpointDefinition<
  Options extends z.ZodType = z.ZodType,
  Name extends string = string,
> {
  /** Its key in the configuration. A route has exactly one. */
  readonly name: Name
  readonly summary: string
  readonly options: Options
  readonly references?: (options: z.output<Options>) => readonly Reference[]
  readonly create: (options: z.output<Options>, host: EndpointHost) => Endpoint
}

export function defineEndpoint<Options extends z.ZodType, const Name extends string>(
  definition: EndpointDefinition<Options, Name>,
): EndpointDefinition<Options, Name> {
  return definition
}
