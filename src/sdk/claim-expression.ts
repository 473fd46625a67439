/** Expressions in CEL over what a token says, and over nothing else: what they give is the same for each of its requests. */

import { compileCel, type Compiled } from '#sdk/cel'
import { readText } from '#sdk/read-text'

/** Enough for any name; what is longer belongs into the issuer. */
const MAX_CHARACTERS = 500

type Claims = Readonly<Record<string, unknown>>

export class ClaimExpression {
  readonly text: string
  readonly #evaluate: Compiled<{ readonly claims: Claims }>['evaluate']

  constructor(text: string, evaluate: Compiled<{ readonly claims: Claims }>['evaluate']) {
    this.text = text
    this.#evaluate = evaluate
  }

  /** Undefined when it asks for what the claims have not. */
  of(claims: Claims): unknown {
    try {
      return this.#evaluate({ claims })
    } catch {
      return undefined
    }
  }
}

/** Or what is wrong with the text. */
export function parseClaimExpression(text: string): ClaimExpression | string {
  if (text.length > MAX_CHARACTERS)
    return `expected an expression of at most ${MAX_CHARACTERS} characters`
  const compiled = compileCel<{ readonly claims: Claims }>(text, undefined, 'claims')
  return typeof compiled === 'string'
    ? `expected an expression over claims, such as claims.sub; ${compiled}`
    : new ClaimExpression(text, compiled.evaluate)
}

/** The option word for it. */
export const claimExpression = () => readText(parseClaimExpression)
