/** What a person sees when the gateway is up: where it listens, what it serves, and a line to try each with. */

import type { GatewayConfig, RouteConfig } from '#config/config'
import { packageVersion } from './version.ts'

export interface Running {
  readonly config: GatewayConfig
  readonly workers: number
  /** By listener name. */
  readonly ports: Readonly<Record<string, number>>
  readonly adminPort: number
}

const MOST_ROUTES = 20

export function banner({ config, workers, ports, adminPort }: Running): string {
  const [first] = config.listeners
  const lines = [`Portcullis ${packageVersion()}, ${workers} worker${workers === 1 ? '' : 's'}`]
  for (const { name, host } of config.listeners)
    lines.push(`  listening on http://${shownHost(host)}:${ports[name]} (${name})`)
  lines.push(
    `  admin on http://${shownHost(config.admin.host)}:${adminPort}: /livez /readyz ${config.observe.metrics.path}`,
    '',
  )
  for (const route of config.routes.slice(0, MOST_ROUTES)) {
    const stage = config.stages.find(({ name }) => name === route.stage)
    const named = stage === undefined ? '' : ` (${stage.name})`
    lines.push(`  ${route.name}${named} → ${destination(route)}`)
    lines.push(`    ${curl(route, stage, shownHost(first?.host), ports[first?.name ?? ''] ?? 0)}`)
  }
  const more = config.routes.length - MOST_ROUTES
  if (more > 0) lines.push(`  and ${more} more`)
  return lines.join('\n')
}

function destination({ endpoint: { kind, options } }: RouteConfig): string {
  return kind === 'to' && typeof options === 'string' ? options : kind
}

/** A command that the route answers to, as far as its pattern tells. */
function curl(
  { match }: RouteConfig,
  stage: GatewayConfig['stages'][number] | undefined,
  host: string,
  port: number,
): string {
  const path = ((stage?.pathPrefix ?? '') + (match.paths[0] ?? '/'))
    .replace(/\/\{\w+\*\*\}$|\/\*\*$/, '/')
    .replace(/\{\w+(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}/g, '1')
  const method =
    match.methods === undefined || match.methods.includes('GET') ? '' : `-X ${match.methods[0]} `
  const name = match.hosts?.[0] ?? stage?.hosts[0]
  const named =
    name === undefined ? '' : `-H 'host: ${name.replace(/^\*/, 'www').replace(/\{\w+\}/, 'www')}' `
  return `curl ${method}${named}'http://${host}:${port}${path}'`
}

function shownHost(host: string | undefined): string {
  if (host === undefined || host === '::' || host === '0.0.0.0') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
