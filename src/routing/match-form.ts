/** The spelling in which paths and patterns are compared, so that no other spelling slips past a rule. */

/** Escapes of printable ASCII decoded, but for `%2F` and `%25`; the others in upper case. Segments stay what they were. */
export function matchForm(path: string): string {
  return path.includes('%') ? path.replace(/%[0-9A-Fa-f]{2}/g, spell) : path
}

function spell(escape: string): string {
  const code = Number.parseInt(escape.slice(1), 16)
  const isPlain = code >= 0x20 && code < 0x7f && code !== 0x2f && code !== 0x25
  return isPlain ? String.fromCharCode(code) : escape.toUpperCase()
}

/**
 * How a backend reads it that drops path parameters (`/admin;x`) and takes `\` for `/`. Undefined when that is the
 * same reading. A request whose two readings belong to two routes is refused: the backend decides which it is, and
 * the gateway cannot know.
 */
export function otherReading(form: string): string | undefined {
  if (!form.includes(';') && !form.includes('\\')) return undefined
  return withSingleSlashes(form)
}

/**
 * How a backend reads it that takes `%2F` for `/` as well. Many paths hold one for good (`/projects/{group%2Fproject}`),
 * so a request is refused only where this reading belongs to a more specific route: it could be that one's protection
 * that is passed by.
 */
export function slashReading(form: string): string | undefined {
  return form.includes('%2F') ? withSingleSlashes(form.replaceAll('%2F', '/')) : undefined
}

function withSingleSlashes(form: string): string {
  return form.replace(/;[^/\\]*/g, '').replace(/[/\\]+/g, '/')
}
