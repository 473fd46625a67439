/** `portcullis explain METHOD URL`: which route, which features, from where, and why the others lost. */

import { filtersInOrder } from '#compile/route'
import type { ApiConfig, GatewayConfig, RouteConfig } from '#config/config'
import type { Layer } from '#config/inherit'
import type { Known } from '#config/known'
import { placeOf, writtenAt } from '#config/origin'
import { rulesOf } from '#config/router-rules'
import { parseAuthority } from '#http/authority'
import { HeaderList } from '#http/header-list'
import { normalizePath } from '#http/path'
import type { MatchInput } from '#routing/match'
import { createRouterBuilder } from '#routing/router-builder'
import { type Staged, StageTable } from '#routing/stage-table'
import { matchIn, Worlds } from '#routing/worlds'
import { parseArguments } from './arguments.ts'
import { showComplaint } from './check.ts'
import { describeAuthenticators } from './describe-authenticators.ts'
import { describePlans } from './describe-plans.ts'
import { describeOthers } from './describe-others.ts'
import { describeServices } from './describe-service.ts'
import { type Command, CONFIG_OPTION, STAGE_OPTION, UsageError } from './command.ts'
import { findConfig } from './find-config.ts'
import { type LoadKnown, type Read, readConfig } from '#config/read'

export const explainCommand = (loadKnown: LoadKnown): Command => ({
  name: 'explain',
  summary: 'Tell which route a request takes, with which features, and why',
  usage: 'METHOD URL [-H "name: value"]… [--listener NAME] [--stage NAME] [--config FILE]',
  options: {
    header: {
      value: '"name: value"',
      short: 'H',
      isMultiple: true,
      summary: 'A header field of the request',
    },
    listener: { value: 'NAME', summary: 'Where it arrives; else the first listener' },
    stage: STAGE_OPTION,
    config: CONFIG_OPTION,
  },

  async run(args, io) {
    const given = parseArguments(args, this.options, ['METHOD', 'URL'])
    const [method = '', url = ''] = given.operands
    const file = findConfig(given.value('config'), io.cwd)
    const stage = given.value('stage')
    const read = await readConfig(file, loadKnown, { environment: io.env, stage })
    if (!read.ok) {
      for (const complaint of read.complaints) io.err(showComplaint(complaint, io.cwd))
      return 1
    }
    const { config, layers, known } = read
    const asked = inputOf(
      method,
      url,
      given.values('header'),
      listenerOf(config, given.value('listener')),
    )
    const world = worldsOf(config).find(asked.host, asked.path)
    const { router, staged } = world
    const input = staged === undefined ? asked : { ...asked, path: staged.path }
    const match = matchIn(world, input)
    const relative = (text: string) => text.replaceAll(`${io.cwd}/`, '')

    io.out(`listener  ${input.listener}`)
    io.out(`host      ${input.host}`)
    io.out(`path      ${asked.path}${input.query}`)
    if (staged !== undefined) io.out(`stage     ${describeStage(staged)}`)
    if (match.route === undefined) {
      const allow = match.allow === undefined ? '' : `, Allow: ${match.allow.join(', ')}`
      io.out(`route     none: ${match.fault}${allow}`)
    } else {
      const lines = describe(match.route, match.params, layers.get(match.route)!, read)
      const services = describeServices(match.route, config, known)
      for (const line of [...lines, ...services]) io.out(relative(line))
    }
    for (const line of describeOthers(router, input)) io.out(line)
    return 0
  },
})

function listenerOf({ listeners }: GatewayConfig, named: string | undefined): string {
  const names = listeners.map(({ name }) => name)
  const listener = named ?? names[0] ?? ''
  if (names.includes(listener)) return listener
  throw new UsageError(`there is no listener ${listener}; there are ${names.join(', ')}`)
}

function inputOf(
  method: string,
  url: string,
  fields: readonly string[],
  listener: string,
): MatchInput {
  const [, origin = '', rest = ''] = /^(https?:\/\/[^/?#]*)?([^#]*)$/i.exec(url) ?? []
  const headers = new HeaderList()
  for (const field of fields) {
    const [, name, value] = /^([^:\s]+)\s*:\s*(.*)$/.exec(field) ?? []
    if (name === undefined || value === undefined) {
      throw new UsageError(`-H ${JSON.stringify(field)}: expected "name: value"`)
    }
    headers.add(name.toLowerCase(), value)
  }
  const named = origin === '' ? (headers.get('host') ?? 'localhost') : origin.replace(/^.*\/\//, '')
  const authority = parseAuthority(named)
  if (!authority) throw new UsageError(`${JSON.stringify(named)} is not a host: it gets 400`)
  const mark = rest.indexOf('?')
  const rawPath = (mark < 0 ? rest : rest.slice(0, mark)) || '/'
  const path = normalizePath(rawPath)
  if (path === undefined) {
    throw new UsageError(
      `${JSON.stringify(rawPath)} is an ambiguous or malformed path: it gets 400`,
    )
  }
  const query = mark < 0 ? '' : rest.slice(mark)
  return { method, host: authority.host, path, query, headers, listener }
}

function worldsOf({ stages, routes }: GatewayConfig): Worlds<RouteConfig> {
  const routerOf = (stage: string | undefined) => {
    const builder = createRouterBuilder<RouteConfig>()
    for (const route of routes) {
      if (route.stage !== stage) continue
      for (const rule of rulesOf(route)) builder.add(rule, route)
    }
    return builder.build()
  }
  const table = stages.length === 0 ? undefined : new StageTable(stages)
  return new Worlds(
    routerOf(undefined),
    table,
    new Map(stages.map(({ name }) => [name, routerOf(name)])),
  )
}

function describeStage({ stage, prefix, path }: Staged): string {
  return prefix === '' ? stage : `${stage}, whose routes see ${path}`
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

function describeApi({ name, version, title, lifecycle }: ApiConfig): string {
  const { deprecated, sunset } = lifecycle ?? {}
  return [
    name,
    version,
    title,
    deprecated === undefined ? '' : `deprecated ${dayOf(deprecated)}`,
    sunset === undefined ? '' : `ends ${dayOf(sunset)}`,
  ]
    .filter(Boolean)
    .join(', ')
}

function describe(
  { name, stage, source, api, endpoint, features }: RouteConfig,
  params: Readonly<Record<string, string>>,
  layers: readonly Layer[],
  { known, authenticators, config }: Pick<Explained, 'known' | 'authenticators' | 'config'>,
): string[] {
  const written = (key: string, from: string) => {
    const { written: holder } = layers.find((layer) => layer.from === from)!
    const { file, line } = placeOf(holder, key)
    return `${JSON.stringify(writtenAt(holder, key))}  from ${from}, ${file}:${line}`
  }
  const filters = filtersInOrder(features, known.filters)
  const told = new Set<string>()
  return [
    `route     ${name}  ${source.file}:${source.line}`,
    ...(api ? [`api       ${describeApi(api)}`] : []),
    ...Object.entries(params).map(
      ([param, value]) => `param     ${param} = ${JSON.stringify(value)}`,
    ),
    ...filters.flatMap(
      ({ definition: { name: key, authenticators: named, ofPlan }, options, phase }) => {
        // Of a feature that has several moments, one may have nothing to do.
        const isIdle = Array.isArray(options) && options.length === 0
        const from = isIdle || told.has(key) ? [] : features[key]!.from
        if (!isIdle) told.add(key)
        const knowsPlan =
          ofPlan !== undefined && phase === 'limit' && features['auth'] !== undefined
        return from
          .map((place) => `feature   ${key} ${written(key, place)}`)
          .concat(describeAuthenticators(named?.(options) ?? [], stage, authenticators))
          .concat(knowsPlan ? describePlans(config, stage, ofPlan) : [])
      },
    ),
    `endpoint  ${endpoint.kind} ${written(endpoint.kind, endpoint.from)}`,
    ...inWords(endpoint, layers, known).map((line) => `          ${line}`),
  ]
}

type Explained = Extract<Read, { readonly ok: true }>

/** Of what was written, with its placeholders: what they stand for is never shown. */
function inWords(
  { kind, from }: RouteConfig['endpoint'],
  layers: readonly Layer[],
  { endpoints }: Known,
): readonly string[] {
  const definition = endpoints.find(({ name }) => name === kind)
  const { written } = layers.find((layer) => layer.from === from)!
  const options = definition?.options.safeParse(writtenAt(written, kind))
  return options?.success ? (definition?.describe?.(options.data) ?? []) : []
}
