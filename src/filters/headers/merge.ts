/** Two settings of `headers` as one: whatever the nearer one says of a header is all that is said of it. */

interface Edits {
  readonly set?: Record<string, unknown>
  readonly add?: Record<string, unknown>
  readonly remove?: string | readonly string[]
}

type Headers = { readonly [direction in 'request' | 'response']?: Edits }

export function mergeHeaders(outer: unknown, inner: unknown): Headers {
  const [far, near] = [outer, inner] as [Headers, Headers]
  const request = mergeEdits(far.request, near.request)
  const response = mergeEdits(far.response, near.response)
  return { ...(request && { request }), ...(response && { response }) }
}

function mergeEdits(outer: Edits | undefined, inner: Edits | undefined): Edits | undefined {
  if (outer === undefined || inner === undefined) return inner ?? outer
  const said = new Set(
    [...Object.keys(inner.set ?? {}), ...Object.keys(inner.add ?? {}), ...listOf(inner.remove)].map(
      (name) => name.toLowerCase(),
    ),
  )
  const isUnsaid = (name: string) => !said.has(name.toLowerCase())
  const unsaid = (fields: Record<string, unknown> = {}) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => isUnsaid(name)))
  const merged = {
    set: { ...unsaid(outer.set), ...inner.set },
    add: { ...unsaid(outer.add), ...inner.add },
    remove: [...listOf(outer.remove).filter(isUnsaid), ...listOf(inner.remove)],
  }
  return Object.fromEntries(
    Object.entries(merged).filter(([, edit]) => Object.keys(edit).length > 0),
  ) as Edits
}

function listOf(names: string | readonly string[] = []): readonly string[] {
  return typeof names === 'string' ? [names] : names
}
