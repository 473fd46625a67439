/** Whether each route gives the parameters that the templates of its features and its endpoint ask for. */

import { parseHostPattern } from '#routing/host-pattern'
import { parsePathPattern } from '#routing/path-pattern'
import { namesInTemplates } from '#sdk/template'
import type { RouteMatch } from './config.ts'
import { hint } from '#base/nearest'
import type { Report } from './report.ts'
import type { CompiledRoute } from './routes.ts'

export function checkTemplates(routes: readonly CompiledRoute[], report: Report): void {
  for (const { config, layers } of routes) {
    const { features, endpoint, match, name } = config
    const held = Object.entries(features).map(([key, { from }]) => ({ key, from }))
    for (const { key, from } of [...held, { key: endpoint.kind, from: [endpoint.from] }]) {
      for (const layer of layers) {
        if (!from.includes(layer.from)) continue
        const wanted = namesInTemplates(layer.settings[key])
        if (wanted.length === 0) continue
        const missing = missingFrom(match, wanted)
        if (missing) report.complain(layer.written, key, `${missing} (route ${name})`)
      }
    }
  }
}

/** Every path and every host of a route must give every name. */
function missingFrom({ paths, hosts }: RouteMatch, wanted: readonly string[]): string | undefined {
  for (const path of paths) {
    for (const host of hosts ?? [undefined]) {
      const given = [...namesOfPath(path), ...namesOfHost(host)]
      const missing = wanted.find((name) => !given.includes(name))
      if (missing === undefined) continue
      const found = missing === '**' ? '**' : `{${missing}}`
      const all = given.map((name) => (name === '**' ? name : `{${name}}`)).join(', ')
      return `found ${found}, expected what ${path} has: ${all || 'no parameters'}${hint(missing, given)}`
    }
  }
  return undefined
}

function namesOfPath(path: string): string[] {
  const pattern = parsePathPattern(path)
  if (!('names' in pattern)) return []
  return pattern.rest === '**' ? [...pattern.names, '**'] : [...pattern.names]
}

function namesOfHost(host: string | undefined): string[] {
  const pattern = host === undefined ? undefined : parseHostPattern(host)
  return pattern && 'name' in pattern && pattern.name !== undefined ? [pattern.name] : []
}
