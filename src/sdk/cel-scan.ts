/** A look over a parsed CEL expression before it is used: what it asks for, and what could take too long. */

import type { ASTNode } from '@marcbachmann/cel-js'
import { LinearPattern } from '#sdk/linear-pattern'

/** What `matches` is called once its pattern is known to take linear time. */
export const LINEAR_MATCH = '__matches'

const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

export class CelScan {
  problem: { readonly at: number; readonly what: string } | undefined = undefined
  asksReply = false
  readonly #asked = new Set<string>()
  readonly #optional = new Set<string>()
  readonly #patterns = new Map<string, LinearPattern>()

  /** Path parameters it cannot do without. */
  get names(): string[] {
    return [...this.#asked].filter((name) => !this.#optional.has(name))
  }

  get hasPatterns(): boolean {
    return this.#patterns.size > 0
  }

  /** Of a text and one of the patterns. */
  readonly matches = (text: string, pattern: string): boolean =>
    this.#patterns.get(pattern)!.isIn(text)

  look(node: ASTNode, isInLoop = false): void {
    if (node.op === 'rcall') {
      this.#method(node, isInLoop)
      return
    }
    if (node.op === 'id' && node.args === 'cel') this.#object(node, '"cel" has no place here')
    if (node.op === 'id' && node.args === 'reply') this.asksReply = true
    if (node.op === '.' || node.op === '[]') this.#member(node)
    if (node.op === 'call' && node.args[0] === 'has') this.#has(node.args[1][0])
    for (const child of nodesIn(node.args)) this.look(child, isInLoop)
  }

  #member(node: ASTNode & { readonly op: '.' | '[]' }): void {
    const [of, key] = node.args
    if (of.op !== 'id') return
    const name = typeof key === 'string' ? key : key.op === 'value' ? key.args : undefined
    if (typeof name !== 'string') return
    if (of.args === 'path') this.#asked.add(name)
    if (of.args !== 'headers') return
    const at = typeof key === 'string' ? node : key
    const lower = name.toLowerCase()
    if (lower === 'host') this.#object(at, 'the host is request.host')
    else if (name !== lower) this.#object(at, `names of headers are in small letters: ${lower}`)
  }

  #has(asked: ASTNode | undefined): void {
    if (asked?.op === '.' && asked.args[0].op === 'id' && asked.args[0].args === 'path')
      this.#optional.add(asked.args[1])
  }

  #method(node: ASTNode & { readonly op: 'rcall' }, isInLoop: boolean): void {
    const [name, receiver, given] = node.args
    const isLoop = LOOPS.has(name)
    if (isLoop && isInLoop) this.#object(node, 'a loop within a loop has no place here')
    if (name === 'matches' && given.length === 1) this.#pattern(node, given[0]!)
    this.look(receiver, isInLoop)
    for (const argument of given) this.look(argument, isInLoop || isLoop)
  }

  #pattern(node: ASTNode & { readonly op: 'rcall' }, argument: ASTNode): void {
    if (argument.op !== 'value' || typeof argument.args !== 'string') {
      this.#object(argument, 'the pattern of "matches" must be a text that stands here')
      return
    }
    const pattern = LinearPattern.parse(argument.args)
    if (typeof pattern === 'string') this.#object(argument, pattern)
    else this.#patterns.set(argument.args, pattern)
    node.args[0] = LINEAR_MATCH
  }

  #object({ start }: ASTNode, what: string): void {
    this.problem ??= { at: start, what }
  }
}

function nodesIn(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(nodesIn)
  return typeof args === 'object' && args !== null && 'op' in args ? [args as ASTNode] : []
}
