/** Services: those by name, those written in place, and whether everyone who names one names one that is there. */

import type { Key } from './complaint.ts'
import type { ServiceConfig } from './config.ts'
import { checkSource, compileDiscover, SOURCE_KEYS } from './discover.ts'
import { hintOrList } from '#base/nearest'
import { memberOf } from './origin.ts'
import { type Callers, mentionsIn } from './references.ts'
import type { Report } from './report.ts'
import type { Authored } from './schema/gateway.ts'
import { service } from './schema/services.ts'
import { serviceKey } from './service-key.ts'
import { checkStageNames, overlaid, writtenIn } from './stages.ts'
import { checkCookie, checkSecret } from './sticky-cookies.ts'
import { plaintextProblem, targetKey, targetProblem } from './target.ts'
import { alternatives } from './words.ts'

type AuthoredService = Authored['services'][string]

/** The names that were written, those too of what is refused for other reasons. */
export interface Names {
  readonly services: ReadonlySet<string>
  readonly stages: ReadonlySet<string>
}

export function compileServices(
  { services }: Authored,
  callers: Callers,
  root: object,
  names: Names,
  report: Report,
): Record<string, ServiceConfig> {
  const compiled: Record<string, ServiceConfig> = {}
  const written = memberOf(root, 'services') ?? {}
  for (const [name, authored] of Object.entries(services)) {
    const own = memberOf(written, name) as object
    for (const config of inEachStage(name, authored, own, names, report)) {
      checkTargets(own, config, report)
      checkFallback(own, config, report)
      checkSecret(config, own, report)
      checkCookie(config, own, Object.values(compiled), report)
      compiled[config.stage === undefined ? name : serviceKey(name, config.stage)] = config
    }
  }
  for (const { reference, stage, holder, key } of mentionsIn(callers, compiled, written)) {
    if (reference.kind === 'service') {
      const { name } = reference
      checkName(name, names.services, holder, key, report)
      checkStage(name, services[name], stage, holder, key, report)
    } else if (!Object.hasOwn(compiled, reference.url)) {
      const { url } = reference
      const problem = targetProblem(url)
      const message = `found ${JSON.stringify(url)}, ${problem}`
      const risk = problem === undefined ? plaintextProblem(url) : undefined
      if (problem !== undefined) report.complain(holder, key, message)
      else if (risk !== undefined) report.complain(holder, key, risk)
      else compiled[url] = { ...service.parse({ targets: url }), name: url }
    }
  }
  return compiled
}

/** A service with `stages` serves those it lists, each with targets of its own, and no other. */
function inEachStage(
  name: string,
  { stages, ...own }: AuthoredService,
  written: object,
  names: Names,
  report: Report,
): ServiceConfig[] {
  if (stages === undefined) {
    if (checkSource(written, report)) {
      const discover = compileDiscover(own.discover, written, report)
      return [{ ...own, targets: own.targets ?? [], ...discover, name }]
    }
    const message = 'found a service without targets, expected "targets" or "discover"'
    report.complain(written, 'targets', message)
    return []
  }
  checkStageNames(written, 'stages', names.stages, report)
  for (const key of SOURCE_KEYS) {
    if (memberOf(written, key) === undefined) continue
    const message = `found "${key}" beside "stages", expected it within each stage`
    report.complain(written, key, message, 'key')
  }
  const byStage = memberOf(written, 'stages') as object
  return Object.keys(stages).flatMap((stage) => {
    const overlay = memberOf(byStage, stage) as object
    if (!checkSource(overlay, report)) {
      const message = `found no targets of ${name} for the stage ${stage}, expected "targets" or "discover" here: no stage borrows those of another`
      report.complain(byStage, stage, message, 'key')
      return []
    }
    const read = service.safeParse(overlaid(written, overlay, isOfOneStage))
    if (!read.success) return []
    const discover = compileDiscover(read.data.discover, overlay, report)
    return [{ ...read.data, ...discover, name, stage }]
  })
}

function isOfOneStage(key: string): boolean {
  return key === 'stages' || SOURCE_KEYS.includes(key)
}

export function warnOfUnused(
  { services }: Authored,
  compiled: Readonly<Record<string, ServiceConfig>>,
  callers: Callers,
  root: object,
  report: Report,
): void {
  const stagesOf = new Map<string, Set<string>>()
  const written = memberOf(root, 'services') ?? {}
  for (const { reference, stage } of mentionsIn(callers, compiled, written)) {
    if (reference.kind !== 'service') continue
    const stages = stagesOf.get(reference.name) ?? new Set()
    stagesOf.set(reference.name, stages.add(stage ?? ''))
  }
  for (const [name, { stages }] of Object.entries(services)) {
    const of = [...(stagesOf.get(name) ?? [])]
    if (of.length === 0) report.warn(written, name, 'no route uses this service', 'key')
    const used = of.filter((stage) => stage !== '')
    if (used.length < 2 || stages !== undefined) continue
    const message = `one set of targets, shared by the stages ${used.join(', ')}`
    report.warn(written, name, message, 'key')
  }
}

function checkTargets(written: object, { targets, stage }: ServiceConfig, report: Report): void {
  const seen = new Set<string>()
  for (const [index, { url }] of targets.entries()) {
    const key = targetKey(url)
    if (seen.has(key)) {
      const message = `found the target ${url} twice, expected it once; give it a weight instead`
      report.complain(writtenIn(written, stage, 'targets'), index, message)
    }
    seen.add(key)
  }
}

function checkFallback(
  written: object,
  { name, stage, fallback }: ServiceConfig,
  report: Report,
): void {
  if (fallback?.by === undefined || !('to' in fallback.by) || fallback.by.to !== name) return
  const message = `found ${name}, expected another service than this one`
  report.complain(writtenIn(written, stage, 'fallback'), 'to', message)
}

function checkName(
  name: string,
  names: ReadonlySet<string>,
  holder: object,
  key: Key,
  report: Report,
): void {
  if (names.has(name)) return
  const message = `found no service ${JSON.stringify(name)}${hintOrList(name, names)}`
  report.complain(holder, key, message)
}

function checkStage(
  name: string,
  authored: AuthoredService | undefined,
  stage: string | undefined,
  holder: object,
  key: Key,
  report: Report,
): void {
  if (authored?.stages === undefined) return
  const served = Object.keys(authored.stages)
  if (stage !== undefined && served.includes(stage)) return
  const list = alternatives(served)
  const message =
    stage === undefined
      ? `found ${name}, which serves the stages ${list} alone, on a route that stands in none`
      : `found ${name}, which has no targets for the stage ${stage}, expected some there, or "match: { stage: [${served.join(', ')}] }" on the route`
  report.complain(holder, key, message)
}
