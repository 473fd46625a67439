/** Takes credentials off what the service gets; all else stays byte for byte. */

import type { Carriers, Exchange, HeaderList } from '#sdk/index'

export function withoutCredentials(
  { request, forward }: Exchange,
  { headers, query, cookies }: Required<Carriers>,
): void {
  const isThere = headers.some((name) => request.headers.has(name))
  if (isThere || (cookies.length > 0 && request.headers.has('cookie'))) {
    const list = (forward.headers ??= request.headers.copy())
    for (const name of headers) list.delete(name)
    if (cookies.length > 0) removeCookies(list, cookies)
  }
  if (query.length > 0 && forward.query !== '') forward.query = withoutMembers(forward.query, query)
}

function removeCookies(list: HeaderList, names: readonly string[]): void {
  const { flat } = list
  for (let i = flat.length - 2; i >= 0; i -= 2) {
    if (flat[i] !== 'cookie') continue
    const pairs = flat[i + 1]!.split(';')
    const kept = pairs.filter((pair) => !isOneOf(pair.split('=', 1)[0]!.trim(), names))
    if (kept.length === pairs.length) continue
    if (kept.length === 0) flat.splice(i, 2)
    else flat[i + 1] = kept.join(';').trim()
  }
}

/** A name that ends in `*` stands for all that begin so. */
function isOneOf(cookie: string, names: readonly string[]): boolean {
  return names.some((name) =>
    name.endsWith('*') ? cookie.startsWith(name.slice(0, -1)) : cookie === name,
  )
}

/** Members are told apart as the authenticators tell them: decoded. */
function withoutMembers(query: string, names: readonly string[]): string {
  const members = query.slice(1).split('&')
  const kept = members.filter((member) => !names.includes(nameOf(member)))
  if (kept.length === members.length) return query
  return kept.length === 0 ? '' : `?${kept.join('&')}`
}

function nameOf(member: string): string {
  const [first] = new URLSearchParams(member.split('=', 1)[0]).keys()
  return first ?? ''
}
