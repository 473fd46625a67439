/** Routes as authored -> a flat list: whole paths, one endpoint, the features that hold; once for each stage. */

import type { StageRule } from '#routing/stage-table'
import { type ApiPart, partsOfApis } from './apis.ts'
import type { FeatureConfig, RouteConfig, RouteMatch } from './config.ts'
import { inheritFeatures, type Layer, layerOf } from './inherit.ts'
import type { Known } from './known.ts'
import { hint } from '#base/nearest'
import { memberOf, placeOf } from './origin.ts'
import { type Report, whereIs } from './report.ts'
import { RouteNames } from './route-names.ts'
import type { Authored } from './schema/gateway.ts'
import { type Match, MATCH_KEYS } from './schema/routes.ts'
import { layerIn, ownerOf } from './stages.ts'
import { alternatives } from './words.ts'

type AuthoredRoute = Authored['routes'][number]

export interface CompiledRoute {
  readonly config: RouteConfig
  /** Where its settings stand, outermost first. The last is the route itself. */
  readonly layers: readonly Layer[]
}

/** What routes may refer to, and who hears of what is wrong with them. */
export interface RouteScene {
  readonly known: Known
  /** Names of listeners that were written. */
  readonly listeners: ReadonlySet<string>
  readonly stages: readonly StageRule[]
  readonly report: Report
}

/** Everything that is not within an API. */
const NO_API: Pick<ApiPart, 'path' | 'hosts' | 'version' | 'layers'> = {
  path: '',
  hosts: undefined,
  version: undefined,
  layers: [],
}

export function compileRoutes(
  authored: Authored,
  root: object,
  scene: RouteScene,
): CompiledRoute[] {
  const { report } = scene
  const names = new RouteNames()
  const named = new Map<string, object>()
  const defaults = layerOf('defaults', authored.defaults, memberOf(root, 'defaults'))

  const compile = (
    route: AuthoredRoute,
    written: object,
    part: typeof NO_API & { readonly api?: ApiPart['api'] },
  ): CompiledRoute[] => {
    checkForms(written, report)
    checkListeners(written, route.match?.listener ?? [], scene)
    const match = matchOf(route, part)
    const name = route.name ?? names.make(match, part.version && part.api?.version)
    checkName(name, written, named, report)
    const { file, line, column } = placeOf(written)
    const outer = [defaults, ...part.layers, layerOf('route', route, written)]
    return stagesOf(route, written, match, scene).flatMap((stage) => {
      const layers = outer.map((layer) => layerIn(layer, stage, scene.known))
      const features = featuresOf(layers, scene)
      const endpoint = endpointOf(layers, scene)
      if (!endpoint) return []
      const config: RouteConfig = {
        name,
        source: { file, line, column },
        ...(stage === undefined ? {} : { stage }),
        ...(part.api ? { api: part.api } : {}),
        match,
        endpoint,
        features,
      }
      return { config, layers }
    })
  }

  return [
    ...partsOfApis(authored, root, report).flatMap((part) =>
      part.routes.flatMap(({ route, written }) => compile(route, written, part)),
    ),
    ...authored.routes.flatMap((route, index) =>
      compile(route, (memberOf(root, 'routes') as object[])[index]!, NO_API),
    ),
  ]
}

/** A route stands in every stage, or in those it names; one that names a host stands outside of all. */
function stagesOf(
  route: AuthoredRoute,
  written: object,
  { hosts }: RouteMatch,
  { stages, report }: RouteScene,
): readonly (string | undefined)[] {
  const named = route.match?.stage
  if (stages.length === 0) return [undefined]
  if (hosts === undefined) {
    const all = stages.map(({ name }) => name)
    return named === undefined ? all : all.filter((name) => named.includes(name))
  }
  const holder = (memberOf(written, 'match') as object | undefined) ?? written
  if (named !== undefined) {
    const message = 'found "host" beside "stage", expected one of them: a stage has its own hosts'
    report.complain(holder, 'host', message, 'key')
  }
  for (const host of hosts) {
    const owner = ownerOf(host, stages)
    if (owner === undefined) continue
    const message = `found ${host}, which is a host of the stage ${owner}, expected "match: { stage: ${owner} }" or another host`
    report.complain(holder, memberOf(holder, 'host') === undefined ? undefined : 'host', message)
  }
  return [undefined]
}

function featuresOf(
  layers: readonly Layer[],
  { known, report }: RouteScene,
): RouteConfig['features'] {
  const { features, lost } = inheritFeatures(known.filters, layers)
  for (const { name, layer, from } of lost) {
    const message = `the protection of ${from} does not hold from here inwards`
    report.warn(layer.written, name, message)
  }
  for (const { name, needs, implies = [] } of known.filters) {
    const feature = features[name]
    if (feature === undefined) continue
    for (const other of implies) features[other] ??= impliedBy(other, known.filters)
    if (needs === undefined || features[needs] !== undefined) continue
    const layer = layers.findLast(({ from }) => feature.from.includes(from))!
    const message = `found "${name}" on a route without "${needs}", expected both: nobody is known there`
    report.complain(layer.written, name, message, 'key')
  }
  return features
}

/** What nobody wrote: the defaults, or none of what would add up. */
function impliedBy(name: string, filters: Known['filters']): FeatureConfig {
  const adds = filters.find((filter) => filter.name === name)?.combine === 'adds'
  return { settings: adds ? [] : [{}], from: [] }
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
  { listeners, report }: RouteScene,
): void {
  for (const name of wanted) {
    if (listeners.has(name)) continue
    const message = `found no listener ${JSON.stringify(name)}${hint(name, listeners)}`
    report.complain(memberOf(written, 'match') as object, 'listener', message)
  }
}

function matchOf(route: AuthoredRoute, part: typeof NO_API): RouteMatch {
  // Beside the short form, `headers` is the feature of that name.
  const short = { host: route.host, path: route.path, methods: route.methods }
  const { listener, host, path, methods, headers, query }: Partial<Match> = route.match ?? short
  const prefix = part.path.replace(/\/$/, '')
  return {
    listeners: listener,
    hosts: host ?? part.hosts,
    paths: (path ?? ['/**']).map((pattern) =>
      pattern === '/' ? prefix || '/' : `${prefix}${pattern}`,
    ),
    methods,
    headers,
    query,
    version: part.version,
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
  { known: { endpoints }, report }: RouteScene,
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
