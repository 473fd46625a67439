/** Puts right what a reply says of paths, when the service saw another path than the client asked for. */

import type { Exchange } from '#sdk/exchange'
import type { Reply } from '#sdk/reply'

const LOCATIONS: ReadonlySet<string> = new Set(['location', 'content-location'])

/**
 * `Location`, `Content-Location` and cookie paths under `from`, as the service knows it, become the same under `to`,
 * as the client knows it: prefixes on whole segments, '' for the root. Other hosts' addresses, relative ones, and
 * paths that are under `to` already stay byte for byte.
 */
export function movePaths(ex: Exchange, reply: Reply, from: string, to: string): void {
  if (reply.from !== 'service' || from === to) return
  const { flat } = reply.headers
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!
    if (LOCATIONS.has(name))
      flat[i + 1] = moveLocation(flat[i + 1]!, ex.request.authority, from, to)
    else if (name === 'set-cookie') flat[i + 1] = moveCookie(flat[i + 1]!, from, to)
  }
}

function moveLocation(location: string, authority: string, from: string, to: string): string {
  const [, origin = '', own, path, tail = ''] =
    /^(https?:\/\/([^/?#]*))?(\/(?!\/)[^?#]*)(.*)$/is.exec(location) ?? []
  if (path === undefined || (own !== undefined && own.toLowerCase() !== authority)) return location
  return origin + movePath(path, from, to) + tail
}

/** A cookie named `__Host-…` is for the whole host, or the browser refuses it (RFC 6265bis §4.1.3.2). */
function moveCookie(cookie: string, from: string, to: string): string {
  if (/^__host-/i.test(cookie)) return cookie
  return cookie.replace(/(;\s*path\s*=\s*)(\/[^;]*)/gi, (_, before: string, path: string) => {
    const moved = movePath(path, from, to)
    return before + (path === '/' && moved.length > 1 ? moved.replace(/\/$/, '') : moved)
  })
}

function movePath(path: string, from: string, to: string): string {
  const isThereAlready = to !== '' && isUnder(path, to)
  if (!isUnder(path, from) || isThereAlready) return path
  const moved = `${to}${path.slice(from.length)}` || '/'
  return moved.startsWith('//') ? path : moved // `//x` would be another host
}

function isUnder(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
}
