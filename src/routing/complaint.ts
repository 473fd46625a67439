/** What is wrong with a rule, as a value: the author gets all of them at once. */

/** One thing that was written, and what was expected in its place. */
export class Complaint {
  readonly found: string
  readonly expected: string

  constructor(found: string, expected: string) {
    this.found = found
    this.expected = expected
  }
}

/** A complaint about one rule. */
export interface Problem {
  /** The rule's name. */
  readonly rule: string
  /** The part of the rule it is about. */
  readonly at: 'path' | 'host' | 'methods' | 'headers' | 'query' | 'listener' | 'rule'
  readonly found: string
  readonly expected: string
  /** The name of the other rule, when two cannot stand together. */
  readonly other?: string
}
