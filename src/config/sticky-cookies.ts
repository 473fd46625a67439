/** The cookies that bring clients back to their targets: no two services share one, and secrets stand elsewhere. */

import type { ServiceConfig } from './config.ts'
import { checkNoLiteral } from './literal-secrets.ts'
import { memberOf } from './origin.ts'
import type { Report } from './report.ts'
import { writtenIn } from './stages.ts'

/** A secret in the file is none. */
export function checkSecret(
  { balance, stage }: ServiceConfig,
  written: object,
  report: Report,
): void {
  if (typeof balance !== 'object' || !('sticky' in balance)) return
  if (balance.sticky.secret === undefined) return
  checkNoLiteral(stickyIn(written, stage), 'secret', report)
}

/** Each would take the other's cookie away, and no client would stay anywhere. */
export function checkCookie(
  { name, balance, stage }: ServiceConfig,
  written: object,
  others: readonly ServiceConfig[],
  report: Report,
): void {
  const cookie = cookieOf(balance)
  if (cookie === undefined) return
  const other = others.find(
    (one) =>
      one.name !== name &&
      cookieOf(one.balance) === cookie &&
      (one.stage ?? stage) === (stage ?? one.stage),
  )
  if (other === undefined) return
  const message = `found ${cookie}, which is the cookie of ${other.name}, expected another`
  report.complain(stickyIn(written, stage), 'cookie', message)
}

function cookieOf(balance: ServiceConfig['balance']): string | undefined {
  return typeof balance === 'object' && 'sticky' in balance ? balance.sticky.cookie : undefined
}

function stickyIn(written: object, stage: string | undefined): object {
  return memberOf(writtenIn(written, stage, 'balance'), 'sticky') as object
}
