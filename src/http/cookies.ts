/** Cookies that a client sent (RFC 6265 §4.2.1). */

import type { HeaderList } from '#http/header-list'

/** The first of that name: browsers put the most specific first (RFC 6265 §5.4). */
export function cookieOf(headers: HeaderList, name: string): string | undefined {
  for (const [key, value] of cookiesOf(headers)) if (key === name) return value
  return undefined
}

/** All of them, as they come: nothing is decoded. */
export function* cookiesOf(headers: HeaderList): IterableIterator<[name: string, value: string]> {
  for (const field of headers.all('cookie')) {
    for (const pair of field.split(';')) {
      const equals = pair.indexOf('=')
      if (equals >= 0) yield [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]
    }
  }
}
