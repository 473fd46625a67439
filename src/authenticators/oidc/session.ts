/** What a session's cookie holds. */

import type { Tokens } from './issuer.ts'

export interface Session {
  readonly idToken: string
  readonly refreshToken: string | undefined
  /** When the issuer is to be asked whether it still holds: milliseconds since 1970. */
  readonly dueMs: number
  /** When it is over, whatever the issuer says. */
  readonly endsMs: number
  readonly scopes: readonly string[]
}

/** Of what the issuer gave, beside what there was before. */
export function sessionOf(
  tokens: Tokens,
  before: Pick<Session, 'idToken' | 'refreshToken' | 'endsMs' | 'scopes'>,
  nowMs: number,
): Session {
  return {
    idToken: tokens.idToken ?? before.idToken,
    refreshToken: tokens.refreshToken ?? before.refreshToken,
    dueMs: nowMs + tokens.holdsMs,
    endsMs: before.endsMs,
    scopes: tokens.scopes ?? before.scopes,
  }
}

export function writeSession({ idToken, refreshToken, dueMs, endsMs, scopes }: Session): string {
  return JSON.stringify([idToken, refreshToken ?? '', dueMs, endsMs, scopes.join(' ')])
}

/** Of what `writeSession` wrote. */
export function readSession(text: string): Session {
  const [idToken, refreshToken, dueMs, endsMs, scopes] = JSON.parse(text) as [
    string,
    string,
    number,
    number,
    string,
  ]
  return {
    idToken,
    refreshToken: refreshToken === '' ? undefined : refreshToken,
    dueMs,
    endsMs,
    scopes: scopes.split(' '),
  }
}
