/** Where a request goes: the name of a service, or a server written in its place. */

import { z } from 'zod'

/** Something outside the route that its options name; the configuration is refused when it is not there. */
export type Reference =
  | { readonly kind: 'service'; readonly name: string }
  /** A service written in place: `http(s)://host:port/base` or `unix:/path`. Its name is its text. */
  | { readonly kind: 'target'; readonly url: string }

/** As names are in a configuration: of a form that no URL has. */
const SERVICE = /^[A-Za-z0-9][\w.-]{0,99}$/

/** The option word for it. */
export const destination = () =>
  z.string().refine((to) => SERVICE.test(to) || isTarget(to), {
    error: 'expected the name of a service, http(s)://host:port/base or unix:/path/to.sock',
  })

export function referenceTo(to: string): Reference {
  return isTarget(to) ? { kind: 'target', url: to } : { kind: 'service', name: to }
}

function isTarget(to: string): boolean {
  return /^(?:https?:\/\/|unix:)/.test(to)
}
