/** A configuration written in TypeScript: the same keys as in YAML, with completion and types. */

import type { z } from 'zod'
import type { builtinEndpoints } from '#endpoints/index'
import type { builtinFilters } from '#filters/index'
import type { listeners } from './schema/listeners.ts'
import type { operations } from './schema/operations.ts'
import type { apiKeys, routeKeys, versionKeys } from './schema/routes.ts'
import type { builtinStores } from '#stores/index'
import type { services } from './schema/services.ts'
import type { stages } from './schema/stages.ts'

interface Definition {
  readonly name: string
  readonly options: z.ZodType
}

type SettingsOf<Definitions extends readonly Definition[], Off> = {
  [D in Definitions[number] as D['name']]?: z.input<D['options']> | Off
}

type InputOf<Shape extends z.core.$ZodLooseShape> = z.input<z.ZodObject<Shape>>

/** The kinds of stores that plugins bring, as `PluginSettings`. */
// oxlint-disable-next-line typescript/no-empty-object-type -- it is there to be added to
export interface PluginStores {}

type StoreSettings = SettingsOf<typeof builtinStores, never> & PluginStores

/** The keys that plugins bring. They add theirs: `declare module 'portcullis' { interface PluginSettings { … } }`. */
// oxlint-disable-next-line typescript/no-empty-object-type -- it is there to be added to
export interface PluginSettings {}

export type RouteSettings = SettingsOf<typeof builtinFilters, false> &
  SettingsOf<typeof builtinEndpoints, never> &
  PluginSettings

/** Settings, and those that replace them in some stage. */
type StagedSettings = RouteSettings & { stages?: Record<string, RouteSettings> }

export type PortcullisRoute = InputOf<typeof routeKeys> & StagedSettings

export type PortcullisVersion = InputOf<typeof versionKeys> &
  RouteSettings & { routes: PortcullisRoute[] }

export type PortcullisApi = InputOf<typeof apiKeys> &
  StagedSettings & { routes?: PortcullisRoute[]; versions?: Record<string, PortcullisVersion> }

/** What a configuration file holds. */
export type PortcullisConfig = InputOf<
  typeof listeners & typeof stages & typeof services & typeof operations
> & {
  stores?: Record<string, StoreSettings | StoreSettings['memory']>
  defaults?: StagedSettings
  apis?: Record<string, PortcullisApi>
  routes?: PortcullisRoute[]
}

/** For the default export of `portcullis.config.ts`. Must be plain data: it is checked like any other file. */
export function defineConfig(config: PortcullisConfig): PortcullisConfig {
  return config
}
