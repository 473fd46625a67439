/** Routes as authored -> a flat list: whole paths, one endpoint, the features that hold. */

import type { ApiConfig, RouteConfig, RouteMatch } from './config.ts'
import { inheritFeatures, type Layer } from './inherit.ts'
import type { Known } from './known.ts'
import { hint } from '#base/nearest'
import { memberOf, placeOf } from './origin.ts'
import { type Report, whereIs } from './report.ts'
import { RouteNames } from './route-names.ts'
import type { Authored } from './schema/gateway.ts'
import { type Match, MATCH_KEYS } from './schema/routes.ts'
import { alternatives } from './words.ts'

type AuthoredRoute = Authored['routes'][number]

export interface CompiledRoute {
  readonly config: RouteConfig
  /** Where its settings stand, outermost first. The last is the route itself. */
  readonly layers: readonly Layer[]
}

export function compileRoutes(
  authored: Authored,
  root: object,
  known: Known,
  listeners: ReadonlySet<string>,
  report: Report,
): CompiledRoute[] {
  const names = new RouteNames()
  const named = new Map<string, object>()
  const warned = new Map<object, Set<string>>()
  const defaults = layerOf('defaults', authored.defaults, memberOf(root, 'defaults'))

  const compile = (
    route: AuthoredRoute,
    written: object,
    outer: readonly Layer[],
    api?: ApiConfig & { readonly path: string },
  ): CompiledRoute[] => {
    const layers = [...outer, layerOf('route', route, written)]
    checkForms(written, report)
    checkListeners(written, route.match?.listener ?? [], listeners, report)
    const match = matchOf(route, api?.path ?? '')
    const { features, lost } = inheritFeatures(known.filters, layers)
    for (const { name, layer, from } of lost) {
      const told = warned.get(layer.written) ?? new Set()
      if (!told.has(name)) {
        report.warn(
          layer.written,
          name,
          `the protection of ${from} does not hold from here inwards`,
        )
      }
      warned.set(layer.written, told.add(name))
    }
    const endpoint = endpointOf(layers, known, report)
    const name = route.name ?? names.make(match)
    checkName(name, written, named, report)
    if (!endpoint) return []
    const { file, line, column } = placeOf(written)
    const { path: _, ...shown } = api ?? { path: '' }
    const config: RouteConfig = {
      name,
      source: { file, line, column },
      ...(api ? { api: shown as ApiConfig } : {}),
      match,
      endpoint,
      features,
    }
    return [{ config, layers }]
  }

  const apis = memberOf(root, 'apis') ?? {}
  return [
    ...Object.entries(authored.apis).flatMap(([name, api]) => {
      const written = memberOf(apis, name) as { readonly routes: readonly object[] }
      const layers = [defaults, layerOf(`api ${name}`, api, written)]
      const { title, version, path } = api
      return api.routes.flatMap((route, index) =>
        compile(route, written.routes[index]!, layers, { name, title, version, path }),
      )
    }),
    ...authored.routes.flatMap((route, index) =>
      compile(route, (memberOf(root, 'routes') as object[])[index]!, [defaults]),
    ),
  ]
}

function layerOf(from: string, settings: object, written: unknown): Layer {
  return { from, settings: settings as Layer['settings'], written: written ?? {} }
}

function checkForms(written: object, report: Report): void {
  const short = MATCH_KEYS.filter((key) => Object.hasOwn(written, key))
  if (!Object.hasOwn(written, 'match')) {
    if (short.length > 0) return
    report.complain(written, undefined, 'found a route for nothing, expected path, host or match')
  } else if (short[0] !== undefined) {
    const message = `found "${short[0]}" beside "match", expected one form: move it into match`
    report.complain(written, short[0], message, 'key')
  }
}

function checkListeners(
  written: object,
  wanted: readonly string[],
  listeners: ReadonlySet<string>,
  report: Report,
): void {
  for (const name of wanted) {
    if (listeners.has(name)) continue
    const message = `found no listener ${JSON.stringify(name)}${hint(name, listeners)}`
    report.complain(memberOf(written, 'match') as object, 'listener', message)
  }
}

function matchOf(route: AuthoredRoute, base: string): RouteMatch {
  // Beside the short form, `headers` is the feature of that name.
  const short = { host: route.host, path: route.path, methods: route.methods }
  const { listener, host, path, methods, headers, query }: Partial<Match> = route.match ?? short
  const prefix = base.replace(/\/$/, '')
  return {
    listeners: listener,
    hosts: host,
    paths: (path ?? ['/**']).map((pattern) =>
      pattern === '/' ? prefix || '/' : `${prefix}${pattern}`,
    ),
    methods,
    headers,
    query,
  }
}

function checkName(
  name: string,
  written: object,
  named: Map<string, object>,
  report: Report,
): void {
  const first = named.get(name)
  if (first) {
    const message = `found ${JSON.stringify(name)} twice, expected it once; it also stands at ${whereIs(first, 'name')}`
    report.complain(written, 'name', message)
  } else {
    named.set(name, written)
  }
}

function endpointOf(
  layers: readonly Layer[],
  { endpoints }: Known,
  report: Report,
): RouteConfig['endpoint'] | undefined {
  for (const layer of layers.toReversed()) {
    const [first, second] = endpoints.filter(
      ({ name }) => memberOf(layer.written, name) !== undefined,
    )
    if (!first) continue
    if (second) {
      const message = `found "${second.name}" beside "${first.name}", expected one of them`
      report.complain(layer.written, second.name, message, 'key')
    }
    return { kind: first.name, options: memberOf(layer.written, first.name), from: layer.from }
  }
  const expected = alternatives(endpoints.map(({ name }) => name))
  report.complain(layers.at(-1)!.written, undefined, `found no endpoint, expected ${expected}`)
  return undefined
}
