/** What all ways of reading tokens share: where a token stands, what it is bound to, and who that makes the caller. */

import { hash } from 'node:crypto'
import {
  type Authenticator,
  type AuthenticatorHost,
  type Exchange,
  Fault,
  Identity,
  Refusal,
  type Verdict,
} from '#sdk/index'
import type { Facts } from './facts.ts'
import { checkPossession } from './possession.ts'
import { CHALLENGE, refuseToken } from './refusals.ts'
import { type ShownToken, shownToken } from './shown-token.ts'

/** A text: what is wrong with the token. A fault: nobody can say now. */
export type Finding = Facts | string | Fault

export interface TokenReader {
  readonly maxBytes: number
  /** `tokenHash`: SHA-256, base64url. Keeps nothing of `token` itself: a slice keeps the whole head that it is of. */
  find(token: string, tokenHash: string, ex: Exchange): Finding | Promise<Finding>
}

export function tokenAuthenticator(host: AuthenticatorHost, reader: TokenReader): Authenticator {
  const decide = (
    ex: Exchange,
    { scheme }: ShownToken,
    tokenHash: string,
    finding: Finding,
  ): Verdict | Promise<Verdict> => {
    if (typeof finding === 'string') return refuseToken('invalid_token', finding, scheme)
    if (finding instanceof Fault) return new Refusal(finding)
    if (finding.bound === undefined && scheme === 'Bearer') return identityOf(finding, host)
    const answer = checkPossession(ex, finding.bound, scheme, tokenHash, host)
    return answer instanceof Promise
      ? answer.then((refusal) => refusal ?? identityOf(finding, host))
      : (answer ?? identityOf(finding, host))
  }

  return {
    carriers: { headers: ['authorization', 'dpop'] },
    challenge: CHALLENGE,

    authenticate(ex) {
      const shown = shownToken(ex.request.headers)
      if (shown === undefined) return undefined
      if (typeof shown === 'string') return refuseToken('invalid_request', shown)
      const { token, scheme } = shown
      if (token.length > reader.maxBytes)
        return refuseToken('invalid_token', 'it is longer than accepted', scheme)
      const tokenHash = hash('sha256', token, 'base64url')
      const finding = reader.find(token, tokenHash, ex)
      return finding instanceof Promise
        ? finding.then((found) => decide(ex, shown, tokenHash, found))
        : decide(ex, shown, tokenHash, finding)
    },
  }
}

function identityOf(facts: Facts, { consumers }: AuthenticatorHost): Identity {
  const { name, groups, claims, scopes, credential } = facts
  const consumer = name === undefined ? undefined : consumers.named(name, groups)
  return new Identity(consumer, { claims, scopes, credential })
}
