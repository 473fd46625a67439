/** APIs as authored -> parts that share a path and a version: what their routes are compiled with. */

import type { VersionRule } from '#routing/version-rule'
import type { ApiConfig, Lifecycle } from './config.ts'
import { layerOf, type Layer } from './inherit.ts'
import { hintOrList } from '#base/nearest'
import { memberOf } from './origin.ts'
import type { Report } from './report.ts'
import type { Authored } from './schema/gateway.ts'

type Api = Authored['apis'][string]
type Version = NonNullable<Api['versions']>[string]
type Route = Authored['routes'][number]

export interface ApiPart {
  readonly api: ApiConfig
  /** What the paths of its routes begin with. */
  readonly path: string
  readonly hosts: readonly string[] | undefined
  readonly version: VersionRule | undefined
  /** Outermost first. */
  readonly layers: readonly Layer[]
  readonly routes: readonly { readonly route: Route; readonly written: object }[]
}

export function partsOfApis({ apis }: Authored, root: object, report: Report): ApiPart[] {
  const all = memberOf(root, 'apis') ?? {}
  return Object.entries(apis).flatMap(([name, api]) => {
    const written = memberOf(all, name) as object
    const layers = [layerOf(`api ${name}`, api, written)]
    checkForm(api, written, report)
    if (api.versions === undefined) {
      const { title, version, path, routes = [] } = api
      checkLifecycle(api, written, {}, report)
      const lifecycle = lifecycleOf(api, {}, {})
      const shown = { name, title, version, ...(lifecycle && { lifecycle }) }
      return {
        api: shown,
        path: path ?? '',
        hosts: undefined,
        version: undefined,
        layers,
        routes: routesIn(routes, written),
      }
    }
    return partsOfVersions(name, api, api.versions, layers, written, report)
  })
}

function partsOfVersions(
  name: string,
  api: Api,
  versions: NonNullable<Api['versions']>,
  layers: readonly Layer[],
  written: object,
  report: Report,
): ApiPart[] {
  const all = memberOf(written, 'versions') as object
  checkDefaults(versions, all, report)
  return Object.entries(versions).map(([version, options]) => {
    const own = memberOf(all, version) as object
    checkPath(api, options, own, report)
    checkLifecycle(options, own, versions, report)
    const lifecycle = lifecycleOf(options, api, versions, version)
    return {
      api: { name, title: api.title, version, ...(lifecycle && { lifecycle }) },
      path: options.path ?? api.path ?? '',
      hosts: options.host,
      version: ruleOf(api, version, options),
      layers: [...layers, layerOf(`api ${name} ${version}`, options, own)],
      routes: routesIn(options.routes, own),
    }
  })
}

function routesIn(routes: readonly Route[], written: object): ApiPart['routes'] {
  const list = memberOf(written, 'routes') as readonly object[]
  return routes.map((route, index) => ({ route, written: list[index]! }))
}

function ruleOf({ versionBy }: Api, name: string, options: Version): VersionRule | undefined {
  if (versionBy === undefined) return undefined
  const colon = versionBy.indexOf(':')
  const on = (colon < 0 ? versionBy : versionBy.slice(0, colon)) as VersionRule['on']
  const key = colon < 0 ? 'version' : versionBy.slice(colon + 1)
  return {
    on,
    name: on === 'query' ? key : key.toLowerCase(),
    values: options.value ?? [name],
    isDefault: options.default === true,
  }
}

/** The version to point to: the one it names, else the default one, when that is another. */
function lifecycleOf(
  {
    deprecated,
    sunset,
    docs,
    successor,
  }: Pick<Version, 'deprecated' | 'sunset' | 'docs' | 'successor'>,
  api: Partial<Api>,
  versions: NonNullable<Api['versions']>,
  own?: string,
): Lifecycle | undefined {
  if (deprecated === undefined && sunset === undefined) return undefined
  const named = successor ?? Object.keys(versions).find((name) => versions[name]!.default === true)
  const next = named === undefined || named === own ? undefined : named
  const path = next === undefined ? undefined : versions[next]?.path
  return {
    deprecated,
    sunset,
    docs: docs ?? api.docs,
    successor: next === undefined ? undefined : { version: next, path },
  }
}

function checkForm(api: Api, written: object, report: Report): void {
  const { versions, routes, path, versionBy } = api
  if (versions === undefined) {
    if (routes === undefined)
      report.complain(
        written,
        undefined,
        'found an API without routes, expected "routes" or "versions"',
      )
    if (path === undefined)
      report.complain(
        written,
        undefined,
        'found an API without a path, expected one, such as "path: /orders"',
      )
    if (versionBy !== undefined)
      report.complain(
        written,
        'versionBy',
        'found "versionBy", expected "versions" beside it',
        'key',
      )
    return
  }
  if (Object.keys(versions).length === 0)
    report.complain(written, 'versions', 'found no version, expected one or more, by name')
  const lifecycle = ['deprecated', 'sunset', 'successor'] as const
  for (const key of ['routes', 'version', ...lifecycle] as const) {
    if (api[key] === undefined) continue
    report.complain(
      written,
      key,
      `found "${key}" beside "versions", expected it within a version`,
      'key',
    )
  }
}

function checkPath(
  api: Api,
  { path, host, value, default: isDefault }: Version,
  own: object,
  report: Report,
): void {
  if (path !== undefined && api.path !== undefined)
    report.complain(own, 'path', 'found "path" on the version and on its API, expected one of them')
  if (path === undefined && api.path === undefined)
    report.complain(
      own,
      undefined,
      'found a version without a path, expected one here or on its API',
    )
  if (api.versionBy !== undefined) return
  const expected = 'expected "versionBy" on the API, such as header:x-api-version'
  if (value !== undefined) report.complain(own, 'value', `found "value", ${expected}`, 'key')
  if (path === undefined && host === undefined)
    report.complain(
      own,
      undefined,
      `found nothing that tells this version from others, expected a path, a host, or "versionBy" on the API${isDefault ? '; the default one too' : ''}`,
    )
}

function checkDefaults(versions: NonNullable<Api['versions']>, all: object, report: Report): void {
  const defaults = Object.keys(versions).filter((name) => versions[name]!.default === true)
  for (const name of defaults.slice(1)) {
    const message = `found a second default version, expected one; ${defaults[0]} is it`
    report.complain(memberOf(all, name) as object, 'default', message)
  }
}

function checkLifecycle(
  { deprecated, sunset, successor }: Pick<Version, 'deprecated' | 'sunset' | 'successor'>,
  own: object,
  versions: NonNullable<Api['versions']>,
  report: Report,
): void {
  // A resource cannot end before it is deprecated (RFC 9745 §4).
  if (deprecated !== undefined && sunset !== undefined && sunset < deprecated)
    report.complain(own, 'sunset', 'found a sunset before "deprecated", expected one after')
  if (successor === undefined || Object.hasOwn(versions, successor)) return
  const message = `found no version ${JSON.stringify(successor)}${hintOrList(successor, new Set(Object.keys(versions)))}`
  report.complain(own, 'successor', message)
}
