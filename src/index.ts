/** The package's public door: configurations in TypeScript, and all that a plugin needs. */

export {
  defineConfig,
  type PluginSettings,
  type PluginStores,
  type PortcullisApi,
  type PortcullisConfig,
  type PortcullisRoute,
  type PortcullisVersion,
  type RouteSettings,
} from '#config/define-config'
export * from '#sdk/index'
