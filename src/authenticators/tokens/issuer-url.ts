/** Which URLs keys and answers about tokens may come from: whoever could change those on their way could log in as anyone. */

import { isIP } from 'node:net'
import { isLocal } from '#sdk/index'

/** Names that no public server has (RFC 6761, 6762, 9476; .internal). */
const PRIVATE_NAME =
  /^(?:[^.]+|.+\.(?:localhost|local|internal|test|example|invalid|alt|home\.arpa))$/

/** What is wrong with it; undefined when nothing is. */
export function issuerUrlProblem(text: string): string | undefined {
  const url = /^https?:\/\/[^/]/i.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) return `found ${text}, expected an https URL`
  if (url.username !== '' || url.password !== '')
    return 'expected an https URL; a name and password have no place in it'
  if (url.hash !== '') return `found ${text}, expected an https URL without "#"`
  if (url.protocol === 'https:') return undefined
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(host) === 0 ? PRIVATE_NAME.test(host) : isLocal(host)) return undefined
  return `found ${text}, which would be asked in plain text beyond the local network, expected https`
}
