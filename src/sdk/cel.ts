/** The one door to the CEL library: a text becomes a function over variables, or what is wrong with it. */

import { Environment, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js'
import type { ASTNode } from '@marcbachmann/cel-js'
import { hint } from '#base/nearest'
import { CelScan, LINEAR_MATCH } from '#sdk/cel-scan'
import {
  ClientView,
  ConsumerView,
  type ExchangeView,
  ReplyView,
  RequestView,
} from '#sdk/exchange-view'

export interface Compiled<View extends object = ExchangeView> {
  /** Throws when a member is absent, or of another type than the expression needs. */
  readonly evaluate: (view: View) => unknown
  /** Path parameters it cannot do without. */
  readonly names: readonly string[]
  /** Whether it asks for the reply. */
  readonly asksReply: boolean
}

const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  request: { method: 'string', path: 'string', host: 'string', scheme: 'string' },
  client: { ip: 'string' },
  consumer: { name: 'string', plan: 'string', groups: 'list<string>', features: 'list<string>' },
  reply: { status: 'int', headers: 'map<string, string>', json: 'dyn' },
}

const VARIABLES: Readonly<Record<string, string>> = {
  path: 'map<string, string>',
  query: 'map<string, string>',
  headers: 'map<string, string>',
  cookies: 'map<string, string>',
  claims: 'map<string, dyn>',
  consumer: 'Consumer',
  client: 'Client',
  request: 'Request',
  stage: 'string',
  reply: 'Reply',
}

const OF_EXCHANGE = Object.keys(VARIABLES).filter((name) => name !== 'reply')

/** What an expression is over: an exchange, one that has its reply, or the claims of a token alone. */
const ENVIRONMENTS = {
  exchange: environmentOf(OF_EXCHANGE),
  replied: environmentOf([...OF_EXCHANGE, 'reply']),
  claims: environmentOf(['claims']),
}

const FUNCTIONS = new Set(ENVIRONMENTS.exchange.getDefinitions().functions.map(({ name }) => name))

function environmentOf(variables: readonly string[]): Environment {
  return variables.reduce(
    (made, name) => made.registerVariable(name, VARIABLES[name]!),
    new Environment({
      limits: {
        maxAstNodes: 300,
        maxDepth: 40,
        maxListElements: 100,
        maxMapEntries: 100,
        maxCallArguments: 8,
      },
    })
      .registerType('Request', { ctor: RequestView, fields: { ...FIELDS.request } })
      .registerType('Client', { ctor: ClientView, fields: { ...FIELDS.client } })
      .registerType('Consumer', { ctor: ConsumerView, fields: { ...FIELDS.consumer } })
      .registerType('Reply', { ctor: ReplyView, fields: { ...FIELDS.reply } }),
  )
}

/** `wanted`: the type it must have, if that is to be known. */
export function compileCel<View extends object = ExchangeView>(
  text: string,
  wanted: 'bool' | undefined,
  over: keyof typeof ENVIRONMENTS = 'exchange',
): Compiled<View> | string {
  const environment = ENVIRONMENTS[over]
  try {
    let scan = new CelScan()
    let parsed = environment.parse(text)
    scan.look(parsed.ast)
    if (scan.hasPatterns) {
      // What they compile to is the expression's own, and goes away with it.
      scan = new CelScan()
      const signature = `string.${LINEAR_MATCH}(string): bool`
      parsed = environment.clone().registerFunction(signature, scan.matches).parse(text)
      scan.look(parsed.ast)
    }
    if (scan.problem !== undefined) return `${place(text, scan.problem.at)}: ${scan.problem.what}`
    const { error, type } = parsed.check()
    if (error !== undefined) throw error
    if (wanted !== undefined && type !== wanted && type !== 'dyn')
      return `this one gives ${type}, and true or false is wanted`
    return { evaluate: parsed, names: scan.names, asksReply: scan.asksReply }
  } catch (thrown) {
    if (!(thrown instanceof ParseError) && !(thrown instanceof CelTypeError)) throw thrown
    const variables =
      over === 'claims' ? ['claims'] : over === 'exchange' ? OF_EXCHANGE : Object.keys(VARIABLES)
    return `${place(text, thrown.range?.start ?? 0)}: ${whatIsWrong(text, thrown, variables)}`
  }
}

function place(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n')
  const character = `character ${lines.at(-1)!.length + 1}`
  return lines.length === 1 ? `at ${character}` : `at line ${lines.length}, ${character}`
}

function whatIsWrong(
  text: string,
  { code, range, node, summary }: ParseError | CelTypeError,
  variables: readonly string[],
): string {
  const { start, end } = range ?? { start: 0, end: 0 }
  const word = text.slice(start, end)
  if (code === 'unknown_variable') {
    if (/[\w\])]\s*-\s*$/.test(text.slice(0, start)))
      return `there is no variable ${JSON.stringify(word)}; a name with "-" is written headers["x-name"]`
    return `there is no variable ${JSON.stringify(word)}${hint(word, variables) || `; ${variables.length === 1 ? 'there is' : 'there are'} ${variables.join(', ')}`}`
  }
  const ast = node !== undefined && 'toOldStructure' in node ? (node as ASTNode) : undefined
  if (code === 'no_such_key' && ast?.op === '.') return absentField(ast.args[0], ast.args[1])
  if (code === 'no_matching_overload' && (ast?.op === 'call' || ast?.op === 'rcall')) {
    const [name] = ast.args
    if (name !== LINEAR_MATCH && !FUNCTIONS.has(name))
      return `there is no function ${JSON.stringify(name)}${hint(name, FUNCTIONS)}`
  }
  return inPlainWords(summary)
}

function absentField(of: ASTNode, name: string): string {
  const variable = of.op === 'id' ? of.args : ''
  const fields = Object.keys(FIELDS[variable] ?? {})
  return `${variable} has no ${JSON.stringify(name)}${hint(name, fields) || `; it has ${fields.join(', ')}`}`
}

const TOKENS: Readonly<Record<string, string>> = {
  EOF: 'the end',
  RPAREN: '")"',
  RBRACKET: '"]"',
  RBRACE: '"}"',
  LPAREN: '"("',
  IDENTIFIER: 'a name',
  COMMA: '","',
  COLON: '":"',
  DOT: '"."',
}

function inPlainWords(summary: string): string {
  const words = summary
    .replaceAll(LINEAR_MATCH, 'matches')
    .replace(/\b[A-Z]{3,}\b/g, (token) => TOKENS[token] ?? token)
    .replace('no such overload: ', 'no operator takes ')
    .replace(/^found no matching overload for /, 'no function takes ')
    .replace(/^Unexpected (?:token|character): /, 'unexpected ')
  return words.charAt(0).toLowerCase() + words.slice(1)
}
