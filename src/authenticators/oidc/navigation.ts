/** Whether someone sits there: a browser that opens a page, and can be sent elsewhere to log in. */

import type { Exchange } from '#sdk/index'

export function isNavigation({ request }: Exchange): boolean {
  const { method, headers, upgrade } = request
  if ((method !== 'GET' && method !== 'HEAD') || upgrade !== undefined) return false
  if (headers.has('x-requested-with')) return false // a script's own mark
  const mode = headers.get('sec-fetch-mode')
  if (mode !== undefined && mode !== 'navigate') return false
  return /(?:^|[\s,])text\/html(?:[\s,;]|$)/i.test(headers.joined('accept') ?? '')
}
