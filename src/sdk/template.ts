/** Texts with `{names}` in them: each value is encoded for its place, and can never reach beyond it. */

import { normalizePath } from '#http/path'
import { Expression } from '#sdk/expression'
import { Fault } from '#sdk/fault'
import { type Params, restOf } from '#sdk/params'
import { readText } from '#sdk/read-text'

/** Where the text will stand, which decides how values are encoded. */
export type Place = 'path' | 'query' | 'header'

interface Piece {
  /** The parameter's name, or undefined when `text` stands as it is. */
  readonly name: string | undefined
  readonly text: string
}

export class Template {
  /** The names it asks for, each once. `**` is what the route's unnamed `**` took. */
  readonly names: readonly string[]
  readonly #place: Place
  readonly #pieces: readonly Piece[]

  constructor(place: Place, pieces: readonly Piece[]) {
    this.#place = place
    this.#pieces = pieces
    this.names = [...new Set(pieces.flatMap(({ name }) => name ?? []))]
  }

  /** Throws BAD_PATH when values would make a path that is not in normal form, such as one of a dot alone. */
  render(params: Params): string {
    let text = ''
    for (const piece of this.#pieces) {
      text += piece.name === undefined ? piece.text : valueOf(piece.name, params, this.#place)
    }
    if (this.#place !== 'path' || this.names.length === 0) return text
    const path = text === '' ? '/' : text
    if (normalizePath(path) !== path)
      throw new Fault('BAD_PATH', `${path} is no path to go on with`)
    return path
  }
}

export interface PathAndQuery {
  readonly path: Template
  /** From its `?` on. Undefined: the text has none, and the client's stays. */
  readonly query: Template | undefined
}

/** `{id}` is a parameter, `{{` a brace, and in a path a final `/**` what the route's own took. Or what is wrong. */
export function parseTemplate(text: string, place: Place): Template | string {
  const pieces: Piece[] = []
  const source = place === 'path' ? text.replace(/\/\*\*$/, '{**}') : text
  for (const [token, name] of source.matchAll(/\{\{|\{([^{}]*)\}|[^{]+|\{/g)) {
    if (token === '{') return `${text}: a { without its }; write {{ for a brace itself`
    if (name === undefined) pieces.push({ name, text: token === '{{' ? '{' : token })
    else if (!/^(?:[A-Za-z_][\w-]*|\*\*)$/.test(name) || (name === '**' && place !== 'path')) {
      return `{${name}}: expected a path parameter, such as {id}; write {{ for a brace itself`
    } else pieces.push({ name, text: '' })
  }
  return complainOfPlace(pieces, place) ?? new Template(place, pieces)
}

/** A path, and a query when the text has a `?`: `/items?id={id}`. Or what is wrong. */
export function parsePathAndQuery(text: string): PathAndQuery | string {
  const mark = text.indexOf('?')
  const path = parseTemplate(mark < 0 ? text : text.slice(0, mark), 'path')
  if (typeof path === 'string') return path
  if (mark < 0) return { path, query: undefined }
  const query = parseTemplate(mark === text.length - 1 ? '' : text.slice(mark), 'query')
  return typeof query === 'string' ? query : { path, query }
}

/** The text around the parameters must stand in its place by itself. */
function complainOfPlace(pieces: readonly Piece[], place: Place): string | undefined {
  const stands = pieces.map(({ name, text }) =>
    name === undefined ? text : name === '**' ? '/x' : 'x',
  )
  const sample = stands.join('')
  if (place === 'header') {
    // oxlint-disable-next-line no-control-regex -- latin1 without control characters
    return /[^\t -~\x80-\xff]/.test(sample)
      ? 'expected Latin-1 text without line breaks'
      : undefined
  }
  if (place === 'query') {
    return /[^!-~]|#/.test(sample) ? `${sample}: expected a query without spaces and #` : undefined
  }
  return normalizePath(sample) !== sample || sample.includes('**')
    ? `${sample}: expected a path from / on, without dot segments, //, ** inside or what needs an escape`
    : undefined
}

function valueOf(name: string, params: Params, place: Place): string {
  if (place === 'path') {
    const rest = restOf(params)
    if (rest?.name === name) return name === '**' ? rest.path : rest.path.slice(1)
  }
  const value = params[name]
  // The names are checked when the configuration is read: this is a route without its parameter.
  if (value === undefined) throw new Fault('INTERNAL', `there is no {${name}}`)
  return ENCODE[place](value)
}

const ENCODE: Readonly<Record<Place, (value: string) => string>> = {
  path: (value) => encode(value).replace(/%(?:3A|40|24|26|2B|2C|3D)/g, decodeURIComponent),
  query: encode,
  /** Printable ASCII but `%` as it is, so that whoever decodes gets the value back, whatever it held. */
  header: (value) => value.toWellFormed().replace(/[^ -$&-~]+/g, encode),
}

/** Any text as a header's value; see `ENCODE`. */
export function headerText(value: string): string {
  return ENCODE.header(value)
}

function encode(value: string): string {
  return encodeURIComponent(value.toWellFormed())
}

/** The option word: a text in the configuration, a template once parsed. */
export const template = (place: Place) => readText((text) => parseTemplate(text, place))

/** The option word for a path that may have a query. */
export const pathAndQuery = () => readText(parsePathAndQuery)

/** Every name that templates and expressions anywhere in a feature's options ask for: what its route must give. */
export function namesInTemplates(options: unknown): string[] {
  if (options instanceof Template || options instanceof Expression) return [...options.names]
  if (typeof options !== 'object' || options === null) return []
  return Object.values(options).flatMap(namesInTemplates)
}
