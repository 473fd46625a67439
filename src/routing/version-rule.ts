/** Which version of an API a request names, where versions are told apart by something else than host and path. */

import type { HeaderList } from '#http/header-list'
import { queryValues } from './condition.ts'

export interface VersionRule {
  /** Where requests name it: a header field, a member of the query, or a parameter of the media type. */
  readonly on: 'header' | 'query' | 'mediaType'
  readonly name: string
  /** What means this version. */
  readonly values: readonly string[]
  /** It is meant as well when a request names none. */
  readonly isDefault: boolean
}

/** A request that names two versions at once means neither. */
export function isVersion(rule: VersionRule, headers: HeaderList, query: string): boolean {
  const named = versionsNamed(rule, headers, query)
  if (named.length === 0) return rule.isDefault
  return named.every((version) => rule.values.includes(version))
}

export function versionsNamed(
  { on, name }: Pick<VersionRule, 'on' | 'name'>,
  headers: HeaderList,
  query: string,
): readonly string[] {
  if (on === 'header') return headers.all(name)
  if (on === 'query') return queryValues(query, name)
  const accepted = mostWanted(mediaTypes(headers, 'accept'), name)
  if (accepted.length > 0) return accepted
  return mediaTypes(headers, 'content-type').flatMap(({ parameters }) => parameters.get(name) ?? [])
}

interface MediaType {
  readonly parameters: ReadonlyMap<string, string>
  readonly weight: number
}

/** Of the ranges that have the parameter, those that the client likes best (RFC 9110 §12.5.1). */
function mostWanted(types: readonly MediaType[], name: string): string[] {
  const named = types.filter(({ parameters, weight }) => weight > 0 && parameters.has(name))
  const most = Math.max(...named.map(({ weight }) => weight))
  return named
    .filter(({ weight }) => weight === most)
    .map(({ parameters }) => parameters.get(name)!)
}

const PARAMETER = /;\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^;,\s"]*))/g

function mediaTypes(headers: HeaderList, field: string): MediaType[] {
  const text = headers.joined(field)
  if (text === undefined || !text.includes('=')) return []
  return members(text).map((member) => {
    const parameters = new Map<string, string>()
    for (const [, name, quoted, plain] of member.matchAll(PARAMETER))
      parameters.set(name!.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '')
    const weight = Number(parameters.get('q') ?? 1)
    return { parameters, weight: Number.isFinite(weight) ? weight : 0 }
  })
}

/** Of a list, commas within quotes left alone (RFC 9110 §5.6.1). */
function members(list: string): string[] {
  return list.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? []
}

/** Whether no request is of both versions. */
export function versionsExclude(a: VersionRule | undefined, b: VersionRule | undefined): boolean {
  if (a === undefined || b === undefined) return false
  if (a.on !== b.on || a.name !== b.name) return false
  return !(a.isDefault && b.isDefault) && !a.values.some((value) => b.values.includes(value))
}

export function describeVersions(rule: VersionRule, headers: HeaderList, query: string): string {
  const named = versionsNamed(rule, headers, query)
  const where =
    rule.on === 'mediaType' ? `media type parameter ${rule.name}` : `${rule.on} ${rule.name}`
  if (named.length === 0) return `${where} is absent, and this is not the default version`
  return `${where} is ${named.map((value) => JSON.stringify(value)).join(' and ')}, not ${rule.values.join(' or ')}`
}
