/** The token that a request shows, in Authorization and nowhere else (RFC 6750 §2.1, RFC 9449 §7.1). */

import type { HeaderList } from '#sdk/index'

export type Scheme = 'Bearer' | 'DPoP'

export interface ShownToken {
  readonly scheme: Scheme
  readonly token: string
}

/** Undefined: there is none. A text: what is wrong with how it is shown. */
export function shownToken({ flat }: HeaderList): ShownToken | string | undefined {
  let field: string | undefined
  for (let i = 0; i < flat.length; i += 2) {
    if (flat[i] !== 'authorization') continue
    if (field !== undefined) return 'there is more than one Authorization field'
    field = flat[i + 1]
  }
  if (field === undefined) return undefined
  const scheme = schemeOf(field)
  if (scheme === undefined) return undefined
  let start = scheme.length
  while (field.charCodeAt(start) === 0x20) start++
  return start === field.length ? 'there is no token' : { scheme, token: field.slice(start) }
}

function schemeOf(field: string): Scheme | undefined {
  const first = field.charCodeAt(0) | 0x20
  if (first === 0x62 /* b */ && isScheme(field, 'bearer')) return 'Bearer'
  return first === 0x64 /* d */ && isScheme(field, 'dpop') ? 'DPoP' : undefined
}

function isScheme(field: string, name: string): boolean {
  return (
    field.slice(0, name.length).toLowerCase() === name &&
    (field.length === name.length || field.charCodeAt(name.length) === 0x20)
  )
}
