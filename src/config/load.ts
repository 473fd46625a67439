/** A file -> the whole configuration, or every complaint about it. */

import { dirname, resolve } from 'node:path'
import {
  checkAuthenticatorNames,
  type CompiledAuthenticators,
  compileAuthenticators,
  configsOf,
} from './authenticators.ts'
import { checkCallRules } from './call-rules.ts'
import { byPlace, type Complaint } from './complaint.ts'
import { compileConsumers, type ConsumerList } from './consumers.ts'
import type { GatewayConfig, RouteConfig } from './config.ts'
import { compileObserve, compileProblems, pathsOf, resolveFrom } from './files.ts'
import { readWithIncludes } from './include.ts'
import type { Layer } from './inherit.ts'
import type { Known } from './known.ts'
import { compileListeners } from './listeners.ts'
import { memberOf, placeAt } from './origin.ts'
import { checkOwnPaths, ownPathsOf } from './own-paths.ts'
import { ParseCache } from './parse-cache.ts'
import { PemReader } from './pem.ts'
import { compilePlans } from './plans.ts'
import { Report } from './report.ts'
import { checkRules } from './router-rules.ts'
import { compileRoutes } from './routes.ts'
import { SHORT_FORM_NAME } from './schema/listeners.ts'
import { type Environment, resolveSecrets } from './secrets.ts'
import { checkStages, compileStages, withStageAlone } from './stages.ts'
import { secureServices } from './service-tls.ts'
import { compileServices, warnOfUnused } from './services.ts'
import { checkStoreNames, checkStoreSecrets, compileStores, warnOfUnusedStores } from './stores.ts'
import { checkTemplates } from './templates.ts'
import { compileUnmatched } from './unmatched.ts'
import { validate } from './validate.ts'

export interface LoadOptions {
  /** This stage alone, for any host. */
  readonly stage?: string | undefined
  /** `skip`: placeholders stay open. The outcome is good for checking, not for running. */
  readonly secrets?: 'resolve' | 'skip'
  /** Kept between loads, it spares parsing what did not change. */
  readonly cache?: ParseCache
  /** Those of the last load: read again only when they have changed. */
  readonly consumers?: ConsumerList | undefined
  readonly environment?: Environment
}

export type Loaded = {
  /** All to watch: this file, included ones and their folders, `${file:…}`, pages. Absolute paths. */
  readonly files: readonly string[]
  readonly warnings: readonly Complaint[]
} & (
  | {
      readonly ok: true
      readonly config: GatewayConfig
      readonly consumers: ConsumerList
      /** Where each route's settings were written, for `explain`. */
      readonly layers: ReadonlyMap<RouteConfig, readonly Layer[]>
      /** And each authenticator. */
      readonly authenticators: CompiledAuthenticators
    }
  | { readonly ok: false; readonly complaints: readonly Complaint[] }
)

interface Findings {
  readonly complaints: readonly Complaint[]
  readonly warnings: readonly Complaint[]
}

export async function loadConfig(
  file: string,
  known: Known,
  options: LoadOptions = {},
): Promise<Loaded> {
  const { secrets = 'resolve', cache = new ParseCache(), environment = process.env } = options
  const merged = await readWithIncludes(resolve(file), cache)
  const files = new Set(merged.files)
  const refuse = ({ complaints, warnings }: Findings): Loaded => ({
    ok: false,
    complaints: complaints.toSorted(byPlace),
    warnings: warnings.toSorted(byPlace),
    files: [...files],
  })
  if (!merged.data) return refuse(merged)

  const names = namesIn(merged.data)
  const alone = aloneIn(merged.data, options.stage, names.stages)
  if (alone instanceof Error)
    return refuse({
      complaints: [{ ...placeAt(merged.data, ['stages']), message: alone.message }],
      warnings: [],
    })
  const resolved = await resolveSecrets(alone, secrets, environment)
  for (const path of resolved.files) files.add(path)
  const { authored, data, complaints, isWhole } = validate(alone, resolved, known)
  const report = new Report(resolved)
  report.complaints.push(...merged.complaints, ...resolved.complaints, ...complaints)
  report.warnings.push(...merged.warnings)
  // A file that could not be read may hold what others refer to.
  if (!authored || merged.complaints.length > 0) return refuse(report)

  const stages = compileStages(authored, data, options.stage !== undefined, report)
  checkStages(data, names.stages, report)
  const scene = { known, listeners: names.listeners, stages, report }
  const routes = compileRoutes(authored, data, scene)
  checkRules(routes, report)
  checkTemplates(routes, report)
  const mayLack = secrets === 'skip'
  const pems = new PemReader(report, files, mayLack)
  const authenticators = await compileAuthenticators(authored, data, {
    known,
    stages: names.stages,
    report,
    files,
    mayLack,
  })
  const configs = configsOf(authenticators)
  const ownPaths = ownPathsOf(
    routes.map(({ config }) => config),
    configs,
    known,
  )
  checkOwnPaths(routes, authenticators, ownPaths, report)
  checkAuthenticatorNames(routes, names.authenticators, data, known, report)
  const consumers = await compileConsumers(authored, data, report, files, options.consumers)
  const services = await secureServices(
    compileServices(authored, { routes, authenticators, known }, data, names, report),
    (memberOf(data, 'services') as object | undefined) ?? {},
    pems,
    report,
  )
  checkCallRules(routes, services, known, report)
  const stores = compileStores(data)
  checkStoreSecrets(data, known, report)
  const usedStores = checkStoreNames(routes, authored, data, stores, known, report)
  const config: GatewayConfig = {
    ...(await compileListeners(authored, data, names.listeners, pems, report)),
    services,
    authenticators: configs,
    ownPaths,
    stores,
    plans: compilePlans(data, names.stages, report),
    unmatched: compileUnmatched(authored, data, stages, known),
    stages,
    routes: routes.map((route) => route.config),
    problems: await compileProblems(authored, data, report, files),
    observe: compileObserve(authored, data),
    shutdown: authored.shutdown,
    overload: authored.overload,
    workers: authored.workers,
    data:
      memberOf(data, 'data') === undefined
        ? resolve(dirname(file), authored.data)
        : resolveFrom(data, 'data', authored.data),
    plugins: pathsOf(data, 'plugins', authored.plugins),
  }
  if (isWhole) {
    warnOfUnused(authored, config.services, { routes, authenticators, known }, data, report)
    warnOfUnusedStores(data, usedStores, report)
  }
  if (report.complaints.length > 0) return refuse(report)

  const layers = new Map(routes.map((route) => [route.config, route.layers]))
  const warnings = report.warnings.toSorted(byPlace)
  return { ok: true, config, consumers, layers, authenticators, warnings, files: [...files] }
}

export interface PluginFile {
  /** Absolute. */
  readonly path: string
  /** Where it is named. */
  readonly place: Omit<Complaint, 'message'>
}

/** The plugins that a configuration names: to be loaded before it, as they bring keys of their own. */
export async function readPluginList(
  file: string,
  cache: ParseCache,
): Promise<readonly PluginFile[]> {
  const { data } = await readWithIncludes(resolve(file), cache)
  if (!data) return []
  const plugins = memberOf(data, 'plugins')
  const paths = [plugins].flat().filter((path) => typeof path === 'string')
  return pathsOf(data, 'plugins', paths).map((path, n) => ({
    path,
    place: placeAt(data, Array.isArray(plugins) ? ['plugins', n] : ['plugins']),
  }))
}

function aloneIn(
  data: Record<string, unknown>,
  stage: string | undefined,
  stages: ReadonlySet<string>,
): Record<string, unknown> | Error {
  if (stage === undefined) return data
  if (stages.has(stage)) return withStageAlone(data, stage)
  const known =
    stages.size === 0 ? '; there are no `stages`' : `; there are ${[...stages].join(', ')}`
  return new Error(`found no stage ${JSON.stringify(stage)}, which was asked for${known}`)
}

type Section = 'services' | 'listeners' | 'stages' | 'authenticators'

/** All names that are written, those too of what is refused for other reasons. */
function namesIn(data: object): Record<Section, Set<string>> {
  const keysOf = (section: string): string[] => {
    const pieces = memberOf(data, section) ?? {}
    return typeof pieces === 'object' && !Array.isArray(pieces) ? Object.keys(pieces) : []
  }
  const short = memberOf(data, 'listen') === undefined ? [] : [SHORT_FORM_NAME]
  return {
    services: new Set(keysOf('services')),
    listeners: new Set([...short, ...keysOf('listeners')]),
    stages: new Set(keysOf('stages')),
    authenticators: new Set(keysOf('authenticators')),
  }
}
