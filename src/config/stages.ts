/** Stages: which there are, whose hosts are whose, and what is replaced in each. */

import { Complaint } from '#routing/complaint'
import { hostMatches, type HostPattern, parseHostPattern } from '#routing/host-pattern'
import { parseStageHost, type StageRule } from '#routing/stage-table'
import type { Path } from './complaint.ts'
import type { Layer } from './inherit.ts'
import type { Known } from './known.ts'
import { hintOrList } from '#base/nearest'
import { holderOf, keepOrigin, memberOf, setJoined } from './origin.ts'
import { prune } from './prune.ts'
import { type Report, whereIs } from './report.ts'
import type { Authored } from './schema/gateway.ts'

/** @param isAlone whether the one that is there takes any host */
export function compileStages(
  { stages = {} }: Authored,
  root: object,
  isAlone: boolean,
  report: Report,
): StageRule[] {
  const written = memberOf(root, 'stages') ?? {}
  const owners = new Map<string, object>()
  return Object.entries(stages).map(([name, { hosts, pathPrefix = '' }]) => {
    const own = memberOf(written, name) as object
    for (const text of hosts) {
      const pattern = parseStageHost(text)
      if (pattern instanceof Complaint) {
        report.complain(own, 'hosts', `found ${pattern.found}, expected ${pattern.expected}`)
        continue
      }
      const key = `${pattern.key}${pathPrefix}`
      const other = owners.get(key)
      if (other !== undefined && other !== own) {
        const place = `another stage has both at ${whereIs(other, 'hosts')}`
        const found = pathPrefix === '' ? 'and no pathPrefix' : `and the pathPrefix ${pathPrefix}`
        report.complain(
          own,
          'hosts',
          `found the host ${text} ${found}, expected one of them to differ; ${place}`,
        )
      }
      owners.set(key, own)
    }
    return { name, hosts: isAlone ? [] : hosts, pathPrefix }
  })
}

/** The stage that has a host which a route would name. */
export function ownerOf(text: string, stages: readonly StageRule[]): string | undefined {
  const host = parseHostPattern(text)
  if (host instanceof Complaint) return undefined
  return stages.find(({ hosts }) => hosts.some((own) => covers(parseStageHost(own), host)))?.name
}

function covers(stage: HostPattern | Complaint, host: HostPattern): boolean {
  if (stage instanceof Complaint) return false
  if (stage.key === host.key) return true
  if (host.kind === 'exact') return hostMatches(stage, host.suffix)
  return stage.kind === 'wildcard' && host.suffix.endsWith(stage.suffix)
}

/** Every place that names stages names some that there are; services see to their own. */
export function checkStages(root: object, stages: ReadonlySet<string>, report: Report): void {
  const check = (holder: unknown): void => {
    if (typeof holder !== 'object' || holder === null) return
    checkStageNames(holder, 'stages', stages, report)
    const match = memberOf(holder, 'match')
    if (typeof match === 'object' && match !== null) checkStageNames(match, 'stage', stages, report)
    for (const part of ['versions', 'routes'])
      for (const piece of Object.values(memberOf(holder, part) ?? {})) check(piece)
  }
  check(memberOf(root, 'defaults'))
  for (const api of Object.values(memberOf(root, 'apis') ?? {})) check(api)
  for (const route of Object.values(memberOf(root, 'routes') ?? {})) check(route)
}

/** Complains of every stage that `holder` names and that is none; `key` holds names, or a mapping by name. */
export function checkStageNames(
  holder: object,
  key: string,
  stages: ReadonlySet<string>,
  report: Report,
): void {
  const value = memberOf(holder, key)
  if (value === undefined) return
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value)
  const names = isMapping ? Object.keys(value) : [value].flat().map(String)
  for (const name of names) {
    if (stages.has(name)) continue
    const known = stages.size === 0 ? '; there are no `stages`' : hintOrList(name, stages)
    const message = `found no stage ${JSON.stringify(name)}${known}`
    if (isMapping) report.complain(value, name, message, 'key')
    else report.complain(holder, key, message)
  }
}

/** A layer as it stands in one stage. */
export function layerIn(layer: Layer, stage: string | undefined, { endpoints }: Known): Layer {
  if (stage === undefined) return layer
  const overlay = memberOf((memberOf(layer.written, 'stages') as object | undefined) ?? {}, stage)
  if (typeof overlay !== 'object' || overlay === null) return layer
  const settings = (layer.settings.stages as Record<string, Layer['settings']>)[stage]!
  // A route has one endpoint: another kind of it replaces it as well.
  const isEndpoint = (key: string): boolean => endpoints.some(({ name }) => name === key)
  const isReplaced = (key: string): boolean =>
    isEndpoint(key) && Object.keys(overlay).some(isEndpoint)
  const own = Object.entries(layer.settings).filter(([key]) => !isReplaced(key))
  const written = overlaid(layer.written, overlay, isReplaced)
  return { ...layer, settings: { ...Object.fromEntries(own), ...settings }, written }
}

/** A mapping with the members of another in place of its own, each known by where it was written. */
export function overlaid(
  piece: object,
  overlay: object,
  isReplaced: (key: string) => boolean = () => false,
): object {
  const kept = Object.entries(piece).filter(([key]) => !isReplaced(key))
  const united = keepOrigin(piece, { ...Object.fromEntries(kept), ...overlay })
  const joined = new Map(kept.map(([key]) => [key, holderOf(piece, key)] as const))
  for (const key of Object.keys(overlay)) joined.set(key, holderOf(overlay, key))
  setJoined(united, joined)
  return united
}

/** A member that holds in a stage: as it was written for that one, else for all. */
export function writtenIn(written: object, stage: string | undefined, key: string): object {
  const overlay = memberOf(memberOf(written, 'stages') ?? {}, stage ?? '') ?? {}
  return (memberOf(overlay, key) ?? memberOf(written, key)) as object
}

/** The configuration for one stage alone: the others are not there, nor is what they would need. */
export function withStageAlone(
  data: Record<string, unknown>,
  stage: string,
): Record<string, unknown> {
  const others = Object.keys(memberOf(data, 'stages') ?? {}).filter((name) => name !== stage)
  const paths: Path[] = []
  /** Takes away what others have within a piece; true when all of it is theirs. */
  const drop = (piece: unknown, path: Path): boolean => {
    if (typeof piece !== 'object' || piece === null) return false
    for (const name of Object.keys(memberOf(piece, 'stages') ?? {}))
      if (name !== stage) paths.push([...path, 'stages', name])
    return isOf(others, piece) || ['versions', 'routes'].some((part) => dropIn(piece, part, path))
  }
  /** True when nothing is left. */
  const dropIn = (holder: object, section: string, path: Path): boolean => {
    const pieces = memberOf(holder, section) ?? {}
    const all = Object.entries(pieces)
    const theirs = all.flatMap(([name, piece]) => {
      const inner = [...path, section, Array.isArray(pieces) ? Number(name) : name]
      return drop(piece, inner) ? [inner] : []
    })
    paths.push(...theirs)
    return all.length > 0 && theirs.length === all.length
  }
  drop(memberOf(data, 'defaults'), ['defaults'])
  for (const name of others) paths.push(['stages', name])
  for (const section of ['services', 'authenticators', 'apis', 'routes']) dropIn(data, section, [])
  return prune(data, paths)
}

/** Whether a route stands in these stages alone. */
function isOf(stages: readonly string[], route: object): boolean {
  const match = memberOf(route, 'match')
  if (typeof match !== 'object' || match === null) return false
  const named = [memberOf(match, 'stage') ?? []].flat()
  return named.length > 0 && named.every((name) => stages.some((stage) => stage === name))
}
