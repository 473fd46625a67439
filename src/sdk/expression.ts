/** Expressions in CEL over an exchange: checked when they are read, bounded, and never an exception when they are asked. */

import { compileCel, type Compiled } from '#sdk/cel'
import type { Exchange } from '#sdk/exchange'
import { ExchangeView } from '#sdk/exchange-view'
import { readText } from '#sdk/read-text'

/** Enough for a screenful; what is longer belongs into a plugin. */
const MAX_CHARACTERS = 2_000

/** A CEL expression over an exchange. */
export class Expression {
  readonly text: string
  /** Path parameters it cannot do without. */
  readonly names: readonly string[]
  /** Whether it can be asked only when the reply is there: see `Exchange.replied`. */
  readonly asksReply: boolean
  readonly #evaluate: Compiled['evaluate']

  constructor(text: string, { names, asksReply, evaluate }: Compiled) {
    this.text = text
    this.names = names
    this.asksReply = asksReply
    this.#evaluate = evaluate
  }

  /** Whether it is true: not when it asks for what the exchange has not. */
  holds(ex: Exchange): boolean {
    return this.value(ex) === true
  }

  /** Undefined when it asks for what the exchange has not. */
  value(ex: Exchange): unknown {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 0 // what is absent is an error in CEL, and nearly all is absent: 1.6 µs each instead of 7
    try {
      return this.#evaluate(new ExchangeView(ex))
    } catch {
      return undefined
    } finally {
      Error.stackTraceLimit = limit
    }
  }
}

/** Or what is wrong with the text. */
export function parseExpression(text: string): Expression | string {
  return read(text, undefined)
}

/** One that says yes or no. Or what is wrong with the text. */
export function parseCondition(text: string): Expression | string {
  return read(text, 'bool')
}

/** One that may ask for the reply, too. Or what is wrong with the text. */
function parseOfReply(text: string): Expression | string {
  return read(text, undefined, 'replied')
}

function read(
  text: string,
  wanted: 'bool' | undefined,
  over: 'exchange' | 'replied' = 'exchange',
): Expression | string {
  if (text.length > MAX_CHARACTERS)
    return `expected an expression of at most ${MAX_CHARACTERS} characters`
  const compiled = compileCel(text, wanted, over)
  return typeof compiled === 'string'
    ? `expected an expression; ${compiled}`
    : new Expression(text, compiled)
}

/** The option word for an expression of any value. */
export const expression = () => readText(parseExpression)

/** The option word for an expression that may ask for the reply, too. */
export const expressionOfReply = () => readText(parseOfReply)

/** The option word for an expression that says yes or no, such as a `when`. */
export const condition = () => readText(parseCondition)
