/** Origins that may read a route's replies: exact ones, subdomains, or all. */

import { isOrigin } from '#sdk/index'

const WILDCARD = /^(https?:\/\/)\*\.([^*]+)$/

/** `https://app.example`, `https://*.example`, `*`. */
export function isOriginPattern(text: string): boolean {
  return text === '*' || isOrigin(text.replace(WILDCARD, '$1x.$2'))
}

/** Whether an Origin is one of them. */
export function originTest(patterns: readonly string[]): (origin: string) => boolean {
  if (patterns.includes('*')) return () => true
  const exact = new Set(patterns)
  const under = patterns.flatMap((text) => {
    const [, scheme, domain] = WILDCARD.exec(text) ?? []
    return scheme === undefined ? [] : [{ scheme, suffix: `.${domain}` }]
  })
  return (origin) =>
    exact.has(origin) ||
    under.some(
      ({ scheme, suffix }) =>
        origin.startsWith(scheme) &&
        origin.endsWith(suffix) &&
        /^(?:[\w-]+\.)*[\w-]+$/.test(origin.slice(scheme.length, -suffix.length)),
    )
}
