/** Paths of one host as a tree: literals by look-up, then the patterns in order of specificity. */

import { getOrPut } from '#base/get-or-put'
import { Choices, type Entry } from './entry.ts'
import type { PathPattern } from './path-pattern.ts'
import { type Segment, takeSegment } from './segment.ts'
import { compareSegments } from './specificity.ts'

/** Sees every node that a path matches, most specific first, until it returns something. */
export interface Visitor<R> {
  /** What parameters took so far, from left to right. */
  readonly captured: string[]
  visit(choices: Choices<R>): Entry<R> | undefined
}

class Node<R> {
  literals: Map<string, Node<R>> | undefined
  /** Segments with text or a condition around a parameter, most specific first. */
  partials: { readonly segment: Segment; readonly node: Node<R> }[] | undefined
  one: Node<R> | undefined
  /** Those whose path ends here. */
  ends: Choices<R> | undefined
  /** Those whose `**` begins here. */
  rests: Choices<R> | undefined
}

export class PathTree<R> {
  /** Patterns without parameters: most specific by nature, and one look-up. */
  readonly #literals = new Map<string, Choices<R>>()
  readonly #root = new Node<R>()

  add(path: PathPattern, entry: Entry<R>): void {
    this.#choicesOf(path).add(entry)
  }

  #choicesOf({ segments, rest }: PathPattern): Choices<R> {
    if (rest === undefined && segments.every(({ kind }) => kind === 'literal')) {
      const path = segments.map(({ shape }) => `/${shape}`).join('')
      return getOrPut(this.#literals, path, () => new Choices<R>())
    }
    let node = this.#root
    for (const segment of segments) node = childOf(node, segment)
    if (rest === undefined) return (node.ends ??= new Choices<R>())
    return (node.rests ??= new Choices<R>())
  }

  /** @param form the path in match form */
  find(form: string, visitor: Visitor<R>): Entry<R> | undefined {
    const literal = this.#literals.get(form)
    return (literal && visitor.visit(literal)) ?? search(this.#root, form, 1, visitor)
  }
}

const NONE: readonly never[] = []

/** @param start where the next segment begins; beyond the end when there is none */
function search<R>(
  node: Node<R>,
  form: string,
  start: number,
  visitor: Visitor<R>,
): Entry<R> | undefined {
  if (start > form.length) {
    return (node.ends && visitor.visit(node.ends)) ?? (node.rests && visitor.visit(node.rests))
  }
  const slash = form.indexOf('/', start)
  const end = slash < 0 ? form.length : slash
  const text = form.slice(start, end)

  const literal = node.literals?.get(text)
  let found = literal && search(literal, form, end + 1, visitor)
  if (found !== undefined) return found

  const { captured } = visitor
  const before = captured.length
  for (const partial of node.partials ?? NONE) {
    if (takeSegment(partial.segment, text, captured)) {
      found = search(partial.node, form, end + 1, visitor)
      if (found !== undefined) return found
    }
    captured.length = before
  }
  if (node.one !== undefined && end > start) {
    captured.push(text)
    found = search(node.one, form, end + 1, visitor)
    if (found !== undefined) return found
    captured.length = before
  }
  return node.rests && visitor.visit(node.rests)
}

function childOf<R>(node: Node<R>, segment: Segment): Node<R> {
  if (segment.kind === 'literal') {
    return getOrPut((node.literals ??= new Map()), segment.shape, () => new Node<R>())
  }
  if (segment.kind === 'one') return (node.one ??= new Node<R>())

  const partials = (node.partials ??= [])
  const known = partials.find((partial) => partial.segment.shape === segment.shape)
  if (known !== undefined) return known.node
  const added = { segment, node: new Node<R>() }
  const at = partials.findIndex((other) => compareSegments(segment, other.segment) < 0)
  partials.splice(at < 0 ? partials.length : at, 0, added)
  return added.node
}
