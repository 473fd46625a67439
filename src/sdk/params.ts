/** What a route's pattern took from a request, by name; and what its `**` took, as it stands in the path. */

/** Path parameters, and labels of the host: decoded, by name. */
export type Params = Readonly<Record<string, string>>

export interface Rest {
  /** The name that `{name**}` gives it, or `**`. */
  readonly name: string
  /** In normal form, still encoded: `` for the route's own path, else it begins with `/`. */
  readonly path: string
}

/** Keys are what the author named and nothing more: no `constructor`, no `__proto__`. */
class RouteParams {
  [name: string]: string
  readonly #restName: string | undefined
  readonly #path: string
  readonly #restFrom: number

  constructor(path: string, restName: string | undefined, restFrom: number) {
    this.#path = path
    this.#restName = restName
    this.#restFrom = restFrom
  }

  static restOf(params: object): Rest | undefined {
    if (!(#restName in params) || params.#restName === undefined) return undefined
    return { name: params.#restName, path: fromSegment(params.#path, params.#restFrom) }
  }
}

delete (RouteParams.prototype as { constructor?: unknown }).constructor
Object.setPrototypeOf(RouteParams.prototype, null)

export const NO_PARAMS: Params = Object.freeze(Object.create(null) as Params)

/** Empty params of a request for `path`, whose `**`, if its route has one, begins after `restFrom` segments. */
export function newParams(path: string, restName?: string, restFrom = 0): Record<string, string> {
  return new RouteParams(path, restName, restFrom)
}

/** What the route's `**` matched; undefined when it has none. */
export function restOf(params: Params): Rest | undefined {
  return RouteParams.restOf(params)
}

/** What follows the first `index` segments: '' or with its slash. */
export function fromSegment(path: string, index: number): string {
  let at = 0
  for (let n = 0; n < index && at >= 0; n++) at = path.indexOf('/', at + 1)
  return at < 0 ? '' : path.slice(at)
}
