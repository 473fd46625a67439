/** The head of a request as a target gets it: what the client said, less what is ours to say, plus that. */

import type { Exchange } from '#sdk/exchange'
import { FRAMING_FIELDS, HOP_FIELDS } from '#sdk/own-fields'
import type { ServiceRequest } from '#sdk/service'
import { UPGRADE_LINES } from '#wire/http1/serialize'

/** Not taken from what the client or a filter said: framing, Host, and where the request came from. */
const OURS = new Set([...FRAMING_FIELDS, ...HOP_FIELDS, 'expect'])

/** Without the fields that frame the body, and without the empty line. */
export function requestHeadText(
  ex: Exchange,
  request: ServiceRequest,
  target: { readonly basePath: string },
  host: string,
  /** A field that is written later, by the gateway alone. */
  late?: string,
): string {
  const path = target.basePath + request.path
  let text = `${request.method} ${path}${request.query} HTTP/1.1\r\nhost: ${host}\r\n`
  const { flat } = request.headers
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!
    if (OURS.has(name) || (late !== undefined && readsAs(name, late))) continue
    text += `${name}: ${flat[i + 1]!}\r\n`
  }
  if (request.expectContinue) text += 'expect: 100-continue\r\n'
  if (request.takesTrailers) text += 'te: trailers\r\n'
  if (request.upgrade !== undefined) text += UPGRADE_LINES
  return text + ex.hopLines()
}

/** Whether some services would take one name for the other: CGI, for one, reads `x_user` and `x-user` as the same. */
function readsAs(name: string, other: string): boolean {
  if (name.length !== other.length) return false
  return name === other || name.replaceAll('_', '-') === other.replaceAll('_', '-')
}

/** Milliseconds that a service has left to answer in. */
export function deadlineLine(name: string, ms: number): string {
  return ms === Infinity ? '' : `${name}: ${Math.max(0, Math.floor(ms))}\r\n`
}
