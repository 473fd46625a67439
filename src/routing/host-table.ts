/** Hosts, and the paths of each: the more specific host is tried first, and the next when none of its routes holds. */

import type { Entry } from './entry.ts'
import { getOrPut } from '#base/get-or-put'
import { PathTree, type Visitor } from './path-tree.ts'

export class HostTable<R> {
  readonly #exact = new Map<string, PathTree<R>>()
  readonly #labels = new Map<string, PathTree<R>>()
  readonly #wildcards = new Map<string, PathTree<R>>()
  readonly #any = new PathTree<R>()

  add(entry: Entry<R>): void {
    this.#treeOf(entry).add(entry.path, entry)
  }

  #treeOf({ host }: Entry<R>): PathTree<R> {
    if (host === undefined) return this.#any
    const byKind = { exact: this.#exact, label: this.#labels, wildcard: this.#wildcards }
    return getOrPut(byKind[host.kind], host.suffix, () => new PathTree<R>())
  }

  /** Whether some route names the host. */
  has(host: string): boolean {
    if (this.#exact.has(host)) return true
    const first = host.indexOf('.', 1)
    if (this.#labels.has(host.slice(first))) return true
    for (let dot = first; dot > 0; dot = host.indexOf('.', dot + 1))
      if (this.#wildcards.has(host.slice(dot))) return true
    return false
  }

  find(host: string, form: string, visitor: Visitor<R>): Entry<R> | undefined {
    const found = this.#exact.get(host)?.find(form, visitor)
    if (found !== undefined) return found
    if (this.#labels.size + this.#wildcards.size > 0) {
      const below = this.#findBySuffix(host, form, visitor)
      if (below !== undefined) return below
    }
    return this.#any.find(form, visitor)
  }

  #findBySuffix(host: string, form: string, visitor: Visitor<R>): Entry<R> | undefined {
    const { captured } = visitor
    const first = host.indexOf('.', 1)
    for (let dot = first; dot > 0; dot = host.indexOf('.', dot + 1)) {
      const suffix = host.slice(dot)
      if (dot === first && this.#labels.size > 0) {
        captured.push(host.slice(0, dot))
        const byLabel = this.#labels.get(suffix)?.find(form, visitor)
        if (byLabel !== undefined) return byLabel
        captured.length = 0
      }
      const found = this.#wildcards.get(suffix)?.find(form, visitor)
      if (found !== undefined) return found
    }
    return undefined
  }
}
