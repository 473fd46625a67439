/** Services: those by name, those written in place, and whether everyone who names one names one that is there. */

import type { Key } from './complaint.ts'
import type { ServiceConfig } from './config.ts'
import type { Known } from './known.ts'
import { hint } from '#base/nearest'
import { memberOf } from './origin.ts'
import { mentionsOf } from './references.ts'
import type { Report } from './report.ts'
import type { CompiledRoute } from './routes.ts'
import type { Authored } from './schema/gateway.ts'
import { service } from './schema/services.ts'
import { targetKey, targetProblem } from './target.ts'

/** @param names of every service that was written, those too that are refused for other reasons */
export function compileServices(
  { services }: Authored,
  routes: readonly CompiledRoute[],
  known: Known,
  root: object,
  names: ReadonlySet<string>,
  report: Report,
): Record<string, ServiceConfig> {
  const compiled: Record<string, ServiceConfig> = { ...services }
  const checked = new Set<object>()
  const written = memberOf(root, 'services') ?? {}

  for (const [name, { targets }] of Object.entries(services)) {
    checkTargets(memberOf(written, name) as object, targets, report)
  }
  for (const { reference, holder, key } of routes.flatMap((route) => mentionsOf(route, known))) {
    if (reference.kind === 'service') {
      if (!checked.has(holder)) checkName(reference.name, names, holder, key, report)
      checked.add(holder)
    } else if (!Object.hasOwn(compiled, reference.url)) {
      const problem = targetProblem(reference.url)
      const message = `found ${JSON.stringify(reference.url)}, ${problem}`
      if (problem !== undefined) report.complain(holder, key, message)
      else compiled[reference.url] = service.parse({ targets: reference.url })
    }
  }
  return compiled
}

export function warnOfUnused(
  { services }: Authored,
  routes: readonly CompiledRoute[],
  root: object,
  known: Known,
  report: Report,
): void {
  const used = new Set<string>()
  for (const { reference } of routes.flatMap((route) => mentionsOf(route, known))) {
    if (reference.kind === 'service') used.add(reference.name)
  }
  const written = memberOf(root, 'services') ?? {}
  for (const name of Object.keys(services)) {
    if (!used.has(name)) report.warn(written, name, 'no route uses this service', 'key')
  }
}

function checkTargets(written: object, targets: ServiceConfig['targets'], report: Report): void {
  const seen = new Set<string>()
  for (const [index, { url }] of targets.entries()) {
    const key = targetKey(url)
    if (seen.has(key)) {
      const message = `found the target ${url} twice, expected it once; give it a weight instead`
      const list = memberOf(written, 'targets') as object
      report.complain(list, index, message)
    }
    seen.add(key)
  }
}

function checkName(
  name: string,
  names: ReadonlySet<string>,
  holder: object,
  key: Key,
  report: Report,
): void {
  if (names.has(name)) return
  const meant = hint(name, names)
  const known =
    names.size === 0 ? 'there is none yet' : `there are ${[...names].slice(0, 12).join(', ')}`
  const message = `found no service ${JSON.stringify(name)}${meant === '' ? `; ${known}` : meant}`
  report.complain(holder, key, message)
}
