/** The address of a backend server: `http://host:port/base` or `unix:/path`. */

const EXPECTED = 'expected http://host:port, with or without a base path, or unix:/path/of/socket'

/** What is wrong with a target's text; undefined when nothing is. */
export function targetProblem(text: string): string | undefined {
  if (text.startsWith('unix:')) return /^unix:\/[^?#]+$/.test(text) ? undefined : EXPECTED
  if (!URL.canParse(text)) return EXPECTED
  const url = new URL(text)
  if (url.protocol === 'https:') return `${EXPECTED}; https is not there yet`
  if (!/^http:\/\/[^/]/i.test(text)) return EXPECTED
  if (url.username !== '' || url.password !== '') {
    return `${EXPECTED}; a name and password have no place in it`
  }
  if (/[?#]/.test(text)) return `${EXPECTED}; "?" and "#" have no place in it`
  return url.port === '0' ? EXPECTED : undefined
}

/** One spelling for one server, so that the same one twice is seen. */
export function targetKey(text: string): string {
  return URL.canParse(text) ? new URL(text).href.replace(/\/$/, '') : text
}
