/** Authenticators: one for each name, and for each stage that says otherwise; what their files hold, and what is wrong with it. */

import { readFile } from 'node:fs/promises'
import { hintOrList } from '#base/nearest'
import type { AuthenticatorDefinition } from '#sdk/authenticator'
import type { FilterDefinition } from '#sdk/filter'
import type { Key } from './complaint.ts'
import type { AuthenticatorConfig, RouteConfig } from './config.ts'
import { resolveFrom } from './files.ts'
import { optionsOf } from './inherit.ts'
import type { Known } from './known.ts'
import { checkNoLiteral } from './literal-secrets.ts'
import { memberOf } from './origin.ts'
import { codeOf } from './parse-cache.ts'
import type { Report } from './report.ts'
import type { CompiledRoute } from './routes.ts'
import type { Authored } from './schema/gateway.ts'
import { keyOfService, serviceKey } from './service-key.ts'
import { checkStageNames } from './stages.ts'

interface CompiledAuthenticator {
  readonly config: AuthenticatorConfig
  readonly definition: AuthenticatorDefinition
  /** What its schema made of the options. */
  readonly options: unknown
  /** The mapping that holds its method. */
  readonly written: object
}

export type CompiledAuthenticators = Readonly<Record<string, CompiledAuthenticator>>

/** What else it takes to read them. */
export interface AuthenticatorScene {
  readonly known: Known
  readonly stages: ReadonlySet<string>
  readonly report: Report
  /** Gets every file, to be watched. */
  readonly files: Set<string>
  /** A file that is not there is nothing to complain of. */
  readonly mayLack: boolean
}

export async function compileAuthenticators(
  authored: Authored,
  root: object,
  scene: AuthenticatorScene,
): Promise<CompiledAuthenticators> {
  const compiled: Record<string, CompiledAuthenticator> = {}
  const all = memberOf(root, 'authenticators') ?? {}
  for (const name of Object.keys(authored.authenticators)) {
    const written = memberOf(all, name) as object
    checkStageNames(written, 'stages', scene.stages, scene.report)
    const base = await compileOne(name, undefined, written, scene)
    if (base !== undefined) compiled[name] = base
    for (const [stage, overlay] of Object.entries(memberOf(written, 'stages') ?? {})) {
      const own = await compileOne(name, stage, overlay as object, scene)
      if (own !== undefined) compiled[serviceKey(name, stage)] = own
    }
  }
  return compiled
}

async function compileOne(
  name: string,
  stage: string | undefined,
  written: object,
  scene: AuthenticatorScene,
): Promise<CompiledAuthenticator | undefined> {
  const { known, report } = scene
  const definition = known.authenticators.find((one) => memberOf(written, one.name) !== undefined)
  if (definition === undefined) return undefined // its schema has said so
  const { name: kind, files = [], secrets = [] } = definition
  for (const [holder, key] of membersOf(written, kind, secrets)) checkNoLiteral(holder, key, report)
  const replaced = new Map<object, Map<Key, string>>()
  for (const [holder, key] of membersOf(written, kind, files)) {
    const text = await read(holder, key, scene)
    if (text === undefined) return undefined
    replaced.set(holder, (replaced.get(holder) ?? new Map<Key, string>()).set(key, text))
  }
  const options = copyWith(memberOf(written, kind), replaced)
  const parsed = definition.options.safeParse(options)
  if (!parsed.success) return undefined
  const method = memberOf(written, kind)
  for (const { at, message } of definition.check?.(parsed.data) ?? []) {
    if (at === undefined || typeof method !== 'object') report.complain(written, kind, message)
    else report.complain(method as object, at, message)
  }
  const config = { name, ...(stage === undefined ? {} : { stage }), kind, options }
  return { config, definition, options: parsed.data, written }
}

/** Members of these names with a text, at any depth of a member. */
function* membersOf(
  holder: object,
  key: Key,
  names: readonly string[],
): IterableIterator<readonly [holder: object, key: Key]> {
  const value = memberOf(holder, key)
  if (typeof value !== 'object' || value === null) return
  for (const [inner, member] of Object.entries(value)) {
    if (!names.includes(inner)) yield* membersOf(value, inner, names)
    else if (typeof member === 'string') yield [value, inner]
    else if (Array.isArray(member))
      for (const [index, text] of member.entries())
        if (typeof text === 'string') yield [member, index]
  }
}

/** What stands there in place of a path. */
const TEXT = /^\s*[{[]|^https?:\/\/|-----BEGIN /

async function read(
  holder: object,
  key: Key,
  { report, files, mayLack }: AuthenticatorScene,
): Promise<string | undefined> {
  const value = memberOf(holder, key) as string
  if (TEXT.test(value)) return value
  const file = resolveFrom(holder, key, value)
  files.add(file)
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (mayLack && codeOf(error) === 'ENOENT') return undefined
    const message = `the file ${JSON.stringify(value)} cannot be read (${codeOf(error)})`
    report.complain(holder, key, message)
    return undefined
  }
}

function copyWith(
  value: unknown,
  replaced: ReadonlyMap<object, ReadonlyMap<Key, string>>,
): unknown {
  if (typeof value !== 'object' || value === null) return value
  const own = replaced.get(value)
  const copy = (inner: Key, member: unknown): unknown =>
    own?.get(inner) ?? copyWith(member, replaced)
  if (Array.isArray(value)) return value.map((member, index) => copy(index, member))
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, copy(name, member)]),
  )
}

/** The names that a route's features ask for. */
export function authenticatorsOf(
  { features }: Pick<RouteConfig, 'features'>,
  filters: readonly FilterDefinition[],
): string[] {
  return filters.flatMap((filter) => {
    const feature = features[filter.name]
    return (feature && filter.authenticators?.(optionsOf(filter, feature))) ?? []
  })
}

/** Every name that routes say is one that is there; those that no route says are told of. */
export function checkAuthenticatorNames(
  routes: readonly CompiledRoute[],
  names: ReadonlySet<string>,
  root: object,
  known: Known,
  report: Report,
): void {
  const used = new Set<string>()
  for (const { config, layers } of routes) {
    for (const filter of known.filters) {
      const feature = config.features[filter.name]
      if (feature === undefined || filter.authenticators === undefined) continue
      const layer = layers.findLast(({ from }) => feature.from.includes(from))
      for (const name of filter.authenticators(optionsOf(filter, feature))) {
        used.add(name)
        if (names.has(name) || layer === undefined) continue
        const message = `found no authenticator ${JSON.stringify(name)}${hintOrList(name, names)}`
        report.complain(layer.written, filter.name, message)
      }
    }
  }
  const written = memberOf(root, 'authenticators') ?? {}
  for (const name of names) {
    if (!used.has(name) && memberOf(written, name) !== undefined)
      report.warn(written, name, 'no route uses this authenticator', 'key')
  }
}

export function configsOf(compiled: CompiledAuthenticators): Record<string, AuthenticatorConfig> {
  return Object.fromEntries(Object.entries(compiled).map(([key, { config }]) => [key, config]))
}

/** As a route of that stage has it. */
export function authenticatorFor<T>(
  all: Readonly<Record<string, T>>,
  name: string,
  stage: string | undefined,
): T | undefined {
  const key = keyOfService(all, name, stage)
  return Object.hasOwn(all, key) ? all[key] : undefined
}
