/** The reference of the configuration, written from its one schema. */

import { BYTE_SIZE_PATTERN } from '#base/byte-size'
import { DURATION_PATTERN } from '#base/duration'
import type { Known } from '#config/known'
import { alternativesOf } from '#config/schema-keys'
import { jsonSchema, type JsonSchema } from '#config/schema/gateway'
import { type Phase, PHASES } from '#sdk/phase'

const HEAD = `# Configuration reference

Written by \`npm run reference\` from the schema that checks every configuration: change it there. Durations are written
\`250ms 5s 2m 1h 7d\`, sizes \`512B 64KiB 10MiB\`; where a list is meant, a single value will do. \`NAME\` is a name of
your own. \`portcullis schema\` prints the same as JSON Schema, for editors.
`

const COMBINES = {
  whole: 'the nearest alone',
  members: 'member by member, the nearest wins',
  adds: 'adds up: all hold',
} as const

export function configurationPage(known: Known): string {
  const { properties = {} } = jsonSchema(known)
  const settings = properties['defaults']?.properties ?? {}
  const names = new Set(Object.keys(settings))

  const sections = Object.entries(properties).map(([key, schema]) => {
    const rows = rowsOf(
      schema,
      '',
      HOLDS_SETTINGS[key] === undefined ? NONE : { keys: names, at: HOLDS_SETTINGS[key] },
    )
    return section(key, [`${schema.description}.`, shortForm(schema)], rows)
  })
  const features = known.filters
    .toSorted((a, b) => rank(a.phase) - rank(b.phase))
    .map(({ name, summary, combine = 'whole' }) => {
      const schema = settings[name]!
      const combines = `Combines: ${COMBINES[combine]}.`
      return section(name, [`${summary}.`, shortForm(schema), combines], rowsOf(schema, '', NONE))
    })
  const endpoints = known.endpoints.map(({ name, summary }) => {
    const schema = settings[name]!
    return section(name, [`${summary}.`, shortForm(schema)], rowsOf(schema, '', NONE))
  })

  return `${[
    HEAD,
    '## Sections\n',
    ...sections,
    '## Features\n',
    `Keys of \`defaults\` (every route), of an API (each of its routes) and of a route. \`false\` switches a feature off from
there inwards. They run in this order, whatever the order of keys.\n`,
    ...features,
    '## Endpoints\n',
    'What answers. A route has exactly one: its own, else that of its API, else that of `defaults`.\n',
    ...endpoints,
  ]
    .join('\n')
    .trimEnd()}\n`
}

function rank(phase: Phase | ((options: never) => Phase)): number {
  return typeof phase === 'function' ? PHASES.length : PHASES.indexOf(phase)
}

function section(key: string, sentences: readonly string[], rows: readonly Row[]): string {
  const table = rows.map(({ key: name, value, initial, description }) =>
    ['', ` \`${name}\` `, ` ${value} `, ` ${initial} `, ` ${description} `, ''].join('|'),
  )
  const head = ['| key | value | default | what it does |', '|---|---|---|---|']
  return `### \`${key}\`\n\n${sentences.filter(Boolean).join(' ')}\n${table.length > 0 ? `\n${[...head, ...table].join('\n')}\n` : ''}`
}

interface Row {
  readonly key: string
  readonly value: string
  readonly initial: string
  readonly description: string
}

/** Keys that are told elsewhere, where they stand. */
interface Without {
  readonly keys: ReadonlySet<string>
  readonly at: string
}

const NONE: Without = { keys: new Set(), at: '' }

/** Sections with features and endpoints in them, and under what. */
const HOLDS_SETTINGS: Readonly<Record<string, string>> = { defaults: '', apis: 'NAME.', routes: '' }

/** A row for each member, at any depth; routes within APIs are told once, where routes are. */
function rowsOf(schema: JsonSchema, prefix: string, without: Without): Row[] {
  const rows = new Map<string, Row>()
  const add = (row: Row) => rows.has(row.key) || rows.set(row.key, row)
  for (const { properties, additionalProperties, items, required } of alternativesOf(schema)) {
    for (const [name, member] of Object.entries(properties ?? {})) {
      if (prefix === without.at && without.keys.has(name)) continue
      add({
        key: prefix + name,
        value: valueOf(member),
        initial: initialOf(member, required?.includes(name) === true),
        description: member.description ?? '',
      })
      if (prefix === '' || name !== 'routes') {
        rowsOf(member, `${prefix}${name}.`, without).forEach(add)
      }
    }
    if (typeof additionalProperties === 'object') {
      rowsOf(additionalProperties, `${prefix}NAME.`, without).forEach(add)
    }
    if (items) rowsOf(items, prefix, without).forEach(add)
  }
  return [...rows.values()]
}

function initialOf({ default: initial }: JsonSchema, isRequired: boolean): string {
  if (isRequired) return '**required**'
  const isStructure = typeof initial === 'object' && initial !== null
  return initial === undefined || isStructure ? '' : `\`${text(initial)}\``
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What may stand in place of a mapping, and what of a section that has no members. */
function shortForm(schema: JsonSchema): string {
  const forms = alternativesOf(schema)
  const plain = forms.filter((form) => form.properties === undefined && form.const !== false)
  if (plain.length === 0) return ''
  const hasLongForm = plain.length < forms.length
  return `${hasLongForm ? 'Short form' : 'Value'}: ${valueOf({ anyOf: plain })}.`
}

function valueOf(schema: JsonSchema): string {
  const forms = alternativesOf(schema)
  // A list, where one will do: said once, on top of the page.
  const ofLists = new Set(
    forms.flatMap(({ items }) => (items ? alternativesOf(items) : [])).map(wordOf),
  )
  return [...new Set(forms.map(wordOf))].filter((word) => !ofLists.has(word)).join(' · ')
}

const WORDS_OF_PATTERNS = new Map([
  [DURATION_PATTERN.source, 'duration'],
  [BYTE_SIZE_PATTERN.source, 'size'],
])

function wordOf(schema: JsonSchema): string {
  const { type, pattern, items, additionalProperties } = schema
  if (schema.const !== undefined) return `\`${text(schema.const)}\``
  if (schema.enum) return schema.enum.map((value) => `\`${text(value)}\``).join(' · ')
  if (pattern !== undefined && WORDS_OF_PATTERNS.has(pattern))
    return WORDS_OF_PATTERNS.get(pattern)!
  if (items) return `list of ${valueOf(items).replaceAll(' · ', ' or ')}`
  if (typeof additionalProperties === 'object') return `NAME: ${valueOf(additionalProperties)}`
  if (type === 'integer') return 'whole number'
  if (type === 'string') return 'text'
  if (type === 'boolean') return '`true` · `false`'
  return type === 'object' ? 'mapping' : String(type ?? 'any')
}
