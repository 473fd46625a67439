/** How a token is refused: 401, and WWW-Authenticate with the error and a word why (RFC 6750 §3, RFC 9449 §7.1). */

import { Fault, Refusal } from '#sdk/index'
import { PUBLIC_KEY_ALGORITHMS } from './algorithms.ts'
import type { Scheme } from './shown-token.ts'

const PARAMETERS: Readonly<Record<Scheme, string>> = {
  Bearer: 'realm="api"',
  DPoP: `realm="api", algs="${PUBLIC_KEY_ALGORITHMS.join(' ')}"`,
}

export const CHALLENGE = `Bearer ${PARAMETERS.Bearer}`

type TokenError = 'invalid_token' | 'invalid_request' | 'invalid_dpop_proof'

/** `why`: printable ASCII without quotes, and nothing of the token itself. */
export function refuseToken(error: TokenError, why: string, scheme: Scheme = 'Bearer'): Refusal {
  const challenge = `${scheme} ${PARAMETERS[scheme]}, error="${error}", error_description="${why}"`
  return new Refusal(new Fault('CREDENTIALS_REFUSED', `${error}: ${why}`), challenge)
}

/** Whoever could tell does not answer. */
export function unreachable(detail: string, retryAfterS = 1): Fault {
  const fault = new Fault('AUTHENTICATOR_UNREACHABLE', detail)
  fault.retryAfterS = retryAfterS
  return fault
}
