/** HTTPRoute rules as a configuration of ours. */

import { breakTies, type Claim } from './ties.ts'
import {
  type Backend,
  type Cors,
  type Edits,
  type Filter,
  type Match,
  type Place,
  placesOf,
  type Redirect,
  type RouteTest,
  type Rule,
  type Table,
} from './table.ts'

/** Something that a rule asks for and no configuration of ours can say. Its route answers with the reason, and this status. */
class NotThere extends Error {}

export const NOT_THERE = 599

type Settings = Record<string, unknown>

interface Setting {
  readonly urls: Readonly<Record<string, string>>
  readonly services: Settings
}

/** As YAML, whose values are JSON. */
export function translate(test: RouteTest, table: Table, urls: Setting['urls']): string {
  const setting: Setting = { urls, services: {} }
  const gateways = { ...table.gateways, ...test.gateways }
  const claims: Claim[] = []
  for (const route of test.routes ?? []) {
    for (const place of placesOf(route, gateways)) {
      const hosts = hostsAt(place, route.hosts)
      if (hosts?.length === 0) continue
      for (const rule of route.rules) {
        for (const match of rule.matches ?? [{}]) {
          const settings = settingsOrReason(rule, match, place, setting)
          claims.push({ listener: place.listener, hosts, path: patternOf(match), match, settings })
        }
      }
    }
  }
  const routes = breakTies(claims).map(routeOf)
  return `services: ${JSON.stringify(setting.services)}\nroutes: ${JSON.stringify(routes)}`
}

function routeOf({ claim, conditions }: ReturnType<typeof breakTies>[number], index: number) {
  const { listener, hosts, path, match, settings } = claim
  const methods = match.method
  return {
    name: `route-${index}`,
    match: {
      listener,
      path,
      ...(hosts && { host: hosts }),
      ...(methods && { methods }),
      ...conditions,
    },
    ...settings,
  }
}

function settingsOrReason(...of: Parameters<typeof settingsOf>): Settings {
  try {
    return settingsOf(...of)
  } catch (thrown) {
    if (thrown instanceof NotThere) return { respond: { status: NOT_THERE, body: thrown.message } }
    throw thrown
  }
}

function settingsOf(rule: Rule, match: Match, place: Place, setting: Setting): Settings {
  const { backends = [], timeouts } = rule
  const [only] = backends.length === 1 ? backends : []
  if (only === undefined && backends.some(({ filters = [] }) => filters.length > 0))
    throw new NotThere('features of one of several targets: a target has none of its own')
  const filters = [...(rule.filters ?? []), ...(only?.filters ?? [])]
  if (filters.filter(({ mirror }) => mirror !== undefined).length > 1)
    throw new NotThere('more than one mirror: a route has one')
  const host = filters.find(({ rewrite }) => rewrite?.host !== undefined)?.rewrite?.host
  const settings: Settings = {}
  for (const filter of filters) {
    const { headers, ...others } = featureOf(filter, match, place, setting)
    Object.assign(settings, others)
    if (headers) settings['headers'] = Object.assign(settings['headers'] ?? {}, headers)
  }
  return {
    ...(settings['redirect'] === undefined && endpointOf(backends, host, setting)),
    ...settings,
    ...(timeouts && { timeout: { total: timeouts.request ?? timeouts.backendRequest } }),
  }
}

/** Without a backend there is no endpoint: the check says so. */
function endpointOf(backends: readonly Backend[], host: string | undefined, setting: Setting) {
  if (backends.length === 0) return {}
  const known = backends.every(({ name }) => setting.urls[name] !== undefined)
  if (!known) return { to: backends[0]!.name }
  const targets = backends
    .filter(({ weight }) => weight !== 0)
    .map(({ name, weight = 1 }) => ({ url: setting.urls[name], weight }))
  const service = `service-${Object.keys(setting.services).length}`
  // By turns, shares are exact, not only likely.
  const balance = targets.length > 1 && { balance: 'roundRobin' }
  setting.services[service] = { targets, ...balance, ...(host !== undefined && { host }) }
  return { to: service }
}

function featureOf(filter: Filter, match: Match, place: Place, { urls }: Setting): Settings {
  const { requestHeaders, responseHeaders, redirect, rewrite, mirror } = filter
  if (filter.cors) return { cors: corsOf(filter.cors) }
  if (mirror) return { mirror: { to: urls[mirror.backend] } }
  if (redirect) return { redirect: redirectOf(redirect, match, place) }
  if (rewrite) {
    const path = pathOf(rewrite)
    return path === undefined ? {} : { rewrite: path }
  }
  const request = requestHeaders && editsOf(requestHeaders)
  const response = responseHeaders && editsOf(responseHeaders)
  return { headers: { ...(request && { request }), ...(response && { response }) } }
}

function corsOf(cors: Cors) {
  const { allowOrigins, allowMethods, allowHeaders, exposeHeaders, allowCredentials, maxAge } = cors
  if (allowCredentials === true && allowOrigins.includes('*'))
    throw new NotThere('credentials for pages of anywhere: refused on purpose')
  return {
    origins: allowOrigins,
    ...(allowMethods && { methods: anyOr(allowMethods) }),
    ...(allowHeaders && { headers: anyOr(allowHeaders) }),
    ...(exposeHeaders && { expose: exposeHeaders }),
    ...(allowCredentials === true && { credentials: true }),
    ...(maxAge !== undefined && { maxAge: `${maxAge}s` }),
  }
}

function anyOr(names: readonly string[]): string | readonly string[] {
  return names.includes('*') ? '*' : names
}

function editsOf({ set, add, remove }: Edits) {
  return { ...(set && { set }), ...(add && { add }), ...(remove && { remove }) }
}

function redirectOf(redirect: Redirect, match: Match, { port }: Place) {
  const { scheme, host, status = 302 } = redirect
  const path = pathOf(redirect) ?? patternOf(match)
  if (host === undefined) {
    if (scheme !== undefined || redirect.port !== undefined)
      throw new NotThere('a redirect that changes scheme or port names the host as well')
    return { to: path, status }
  }
  const to = redirect.port ?? (scheme === undefined ? port : undefined)
  return { to: `${scheme ?? 'http'}://${host}${to === undefined ? '' : `:${to}`}${path}`, status }
}

function pathOf({ fullPath, prefix }: { readonly fullPath?: string; readonly prefix?: string }) {
  return fullPath ?? (prefix === undefined ? undefined : below(prefix))
}

function patternOf({ path }: Match): string {
  if (path === undefined) return '/**'
  return path.kind === 'exact' ? path.value : below(path.value)
}

function below(prefix: string): string {
  return `${prefix.replace(/\/$/, '')}/**`
}

/** Hosts that both the listener and the route are for; undefined: any. */
function hostsAt(place: Place, hosts: readonly string[] | undefined) {
  const { host } = place
  if (host === undefined || hosts === undefined) return hosts ?? (host ? [host] : undefined)
  return hosts.flatMap((one) => (covers(host, one) ? [one] : covers(one, host) ? [host] : []))
}

function covers(pattern: string, host: string): boolean {
  return pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)))
}
