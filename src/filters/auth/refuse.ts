/** What a caller gets whom nobody knows. */

import {
  type Authenticator,
  type Awaitable,
  type Exchange,
  Fault,
  HeaderList,
  isPending,
  type Refusal,
  type Reply,
  replyToFault,
} from '#sdk/index'

/** `refusals` is empty when the request shows no credentials. */
export function refuse(
  ex: Exchange,
  refusals: readonly Refusal[],
  authenticators: readonly Authenticator[],
): Awaitable<Reply> {
  // Where nobody can say whether credentials are good, "wrong" would be a guess.
  const unsure = refusals.find(({ fault }) => fault.kind.status >= 500)
  const worst = unsure ?? refusals[0]
  if (worst !== undefined) return worst.reply ?? unauthorized(worst.fault, refusals, authenticators)
  return invite(ex, authenticators)
}

/** The first authenticator that has another way than 401 has its way. */
function invite(
  ex: Exchange,
  authenticators: readonly Authenticator[],
  from = 0,
): Awaitable<Reply> {
  for (let i = from; i < authenticators.length; i++) {
    const asked = authenticators[i]!.ask?.(ex)
    if (asked === undefined) continue
    if (!isPending(asked)) return asked
    return asked.then((reply) => reply ?? invite(ex, authenticators, i + 1))
  }
  return unauthorized(new Fault('CREDENTIALS_MISSING'), [], authenticators)
}

function unauthorized(
  fault: Fault,
  refusals: readonly Refusal[],
  authenticators: readonly Authenticator[],
): Reply {
  const headers = new HeaderList()
  if (fault.kind.status === 401)
    for (const challenge of challengesOf(refusals, authenticators))
      headers.add('www-authenticate', challenge)
  return replyToFault(fault, headers)
}

/** One for each scheme: what tells an error goes before what merely asks. */
function challengesOf(
  refusals: readonly Refusal[],
  authenticators: readonly Authenticator[],
): Iterable<string> {
  const byScheme = new Map<string, string>()
  for (const challenge of [...refusals, ...authenticators].map((one) => one.challenge)) {
    if (challenge === undefined) continue
    const scheme = challenge.split(' ', 1)[0]!.toLowerCase()
    if (!byScheme.has(scheme)) byScheme.set(scheme, challenge)
  }
  return byScheme.values()
}
