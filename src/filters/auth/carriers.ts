/** Where all authenticators of a route look for credentials. */

import type { Authenticator, Carriers } from '#sdk/index'

export function carriersOf(authenticators: readonly Authenticator[]): Required<Carriers> {
  const all = (part: keyof Carriers): string[] => [
    ...new Set(authenticators.flatMap(({ carriers }) => carriers[part] ?? [])),
  ]
  return { headers: all('headers'), query: all('query'), cookies: all('cookies') }
}
