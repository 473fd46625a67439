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
 * How backends read it that drop path parameters (`/admin;x`) or take `\` for `/`. None when that is the same reading.
 * A request whose readings belong to two routes is refused: the backend decides which it is, and the gateway cannot
 * know.
 */
export function otherReadings(form: string): readonly string[] {
  return form.includes(';') || form.includes('\\') ? looseReadings(form) : NONE
}

/**
 * How backends read it that take `%2F` for `/` as well. Many paths hold one for good (`/projects/{group%2Fproject}`),
 * so a request is refused only where such a reading belongs to a more specific route: it could be that one's protection
 * that is passed by.
 */
export function slashReadings(form: string): readonly string[] {
  return form.includes('%2F') ? looseReadings(form.replaceAll('%2F', '/')) : NONE
}

const NONE: readonly never[] = []

function looseReadings(path: string): string[] {
  const readings = [withSingleSlashes(path.replace(/;[^/\\]*/g, ''))]
  // To one that does not take `\` for `/`, a parameter goes on beyond it.
  if (/;[^/]*\\/.test(path)) readings.push(withSingleSlashes(path.replace(/;[^/]*/g, '')))
  return readings
}

function withSingleSlashes(path: string): string {
  return path.replace(/[/\\]+/g, '/')
}
