/** Regular expressions in RE2's syntax, which take time in proportion to the text, whatever the text. */

import { RE2JS } from 're2js'

/** Steps for each character, at most: `x{1,400}` is 400. */
const MAX_PROGRAM = 500

export class LinearPattern {
  readonly #regex: RE2JS

  private constructor(regex: RE2JS) {
    this.#regex = regex
  }

  /** Or what is wrong with it. */
  static parse(source: string): LinearPattern | string {
    try {
      const regex = RE2JS.compile(source)
      return regex.programSize() > MAX_PROGRAM
        ? `the pattern ${JSON.stringify(source)} repeats too much`
        : new LinearPattern(regex)
    } catch (thrown) {
      return `the pattern is wrong: ${(thrown as Error).message.replace('error parsing regexp: ', '').replaceAll('`', '"')}`
    }
  }

  /** Whether it matches anywhere in the text. */
  isIn(text: string): boolean {
    return this.#regex.test(text)
  }
}
