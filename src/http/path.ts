/** The normal form of a request's path: made once, at the door, and the one view that everybody has of it. */

/** Nothing to decode, resolve or refuse: no `%`, no empty segment, none that begins with a dot. */
const PLAIN = /^(?:\/[\w\-~!$&'()*+,;=:@[\]{}|^][\w\-.~!$&'()*+,;=:@[\]{}|^]*)+\/?$/

/** What RFC 3986 §3.3 has no place for and readers treat differently: controls, space, `#`, `\`, quotes, bytes ≥ 0x80. */
const FORBIDDEN = /[^!$&-;=@-[\]^_a-~%]/

const MALFORMED_ESCAPE = /%(?![0-9A-Fa-f]{2})/

const CONTROL_ESCAPE = /%(?:[01][0-9A-Fa-f]|7[Ff])/

/** ASCII written in more UTF-8 bytes than it needs: `%C0%AE` is a dot to a lax decoder. */
const OVERLONG_ESCAPE = /%(?:[Cc][01]%[89ABab]|[Ee]0%[89]|[Ff]0%8)/

const UNRESERVED_ESCAPE = /%(?:2[DdEe]|3[0-9]|4[1-9A-Fa-f]|5[0-9AaFf]|6[1-9A-Fa-f]|7[0-9AaEe])/g

/**
 * A dot segment to those who drop path parameters (`..;x`), or who read `%2F`, `%5C` and `%3B` decoded
 * (`..%2fadmin`), and to no one else.
 */
const DISPUTED_DOTS =
  /(?:\/|%2[Ff]|%5[Cc])\.\.?(?:;|%2[Ff]|%5[Cc]|%3[Bb])|(?:%2[Ff]|%5[Cc])\.\.?(?:\/|$)/

/**
 * Dot segments are resolved (RFC 3986 §5.2.4) and unreserved characters decoded (§6.2.2.2), once; every other
 * escape keeps the bytes the client sent. Undefined when the path is malformed, climbs above the root, or is one
 * that two readers could take for two paths, such as one with an empty segment: answer it with 400.
 *
 * @param rawPath the path of a request target: one char, one byte; without query
 */
export function normalizePath(rawPath: string): string | undefined {
  if (PLAIN.test(rawPath) || rawPath === '/') return rawPath
  if (rawPath.charCodeAt(0) !== 0x2f || FORBIDDEN.test(rawPath)) return undefined

  let path = rawPath
  if (path.includes('%')) {
    if (MALFORMED_ESCAPE.test(path) || CONTROL_ESCAPE.test(path)) return undefined
    if (OVERLONG_ESCAPE.test(path)) return undefined
    path = path.replace(UNRESERVED_ESCAPE, decodeEscape)
  }
  if (path.includes('//') || DISPUTED_DOTS.test(path)) return undefined
  return path.includes('/.') ? withoutDotSegments(path) : path
}

function decodeEscape(escape: string): string {
  return String.fromCharCode(Number.parseInt(escape.slice(1), 16))
}

function withoutDotSegments(path: string): string | undefined {
  const kept: string[] = []
  let endsInDots = false
  for (const segment of path.slice(1).split('/')) {
    endsInDots = segment === '.' || segment === '..'
    if (segment === '..' && kept.pop() === undefined) return undefined
    if (!endsInDots) kept.push(segment)
  }
  if (endsInDots) kept.push('')
  return `/${kept.join('/')}`
}
