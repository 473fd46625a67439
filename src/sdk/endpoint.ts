/** The contract of what answers at the end of a route. */

import type { z } from 'zod'
import type { Reference } from '#sdk/destination'
import type { Endpoint, Host } from '#sdk/filter'
import type { Service } from '#sdk/service'

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
  /** What its options come to, for `portcullis explain`: a few lines beside what was written. */
  readonly describe?: (options: z.output<Options>) => readonly string[]
  readonly create: (options: z.output<Options>, host: EndpointHost) => Endpoint
}

export function defineEndpoint<Options extends z.ZodType, const Name extends string>(
  definition: EndpointDefinition<Options, Name>,
): EndpointDefinition<Options, Name> {
  return definition
}
