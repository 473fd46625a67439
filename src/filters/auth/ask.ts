/** Asks authenticators, one after the other; what fails is a refusal, never a yes. */

import {
  type Authenticator,
  type Awaitable,
  type Exchange,
  Fault,
  Identity,
  isPending,
  Refusal,
  toFault,
  type Verdict,
} from '#sdk/index'

/** Who calls; or why nobody knows: none of these when the request shows no credentials. */
export type Found = Identity | readonly Refusal[]

/** The first that knows the caller. */
export function askAny(
  list: readonly Authenticator[],
  ex: Exchange,
  from = 0,
  before: readonly Refusal[] = [],
): Awaitable<Found> {
  let refusals = before
  for (let i = from; i < list.length; i++) {
    const verdict = ask(list[i]!, ex)
    if (isPending(verdict))
      return verdict.then((late) =>
        late instanceof Identity ? late : askAny(list, ex, i + 1, add(refusals, late)),
      )
    if (verdict instanceof Identity) return verdict
    refusals = add(refusals, verdict)
  }
  return refusals
}

/** All know the caller. Who shows nothing at all is told of no refusal. */
export function askAll(
  list: readonly Authenticator[],
  ex: Exchange,
  from = 0,
  found: readonly Identity[] = [],
): Awaitable<Found> {
  const identities = [...found]
  for (let i = from; i < list.length; i++) {
    const verdict = ask(list[i]!, ex)
    if (isPending(verdict))
      return verdict.then((late) =>
        late instanceof Identity
          ? askAll(list, ex, i + 1, [...identities, late])
          : missing(late, identities),
      )
    if (!(verdict instanceof Identity)) return missing(verdict, identities)
    identities.push(verdict)
  }
  return united(identities)
}

function missing(verdict: Refusal | undefined, found: readonly Identity[]): readonly Refusal[] {
  if (verdict !== undefined) return [verdict]
  // Half of the credentials are wrong ones, also where calls without any may pass.
  return found.length === 0 ? [] : [new Refusal(new Fault('CREDENTIALS_MISSING'))]
}

/** The first that says something has the say; fields and scopes add up. */
function united(identities: readonly Identity[]): Identity {
  const [only] = identities
  if (identities.length === 1) return only!
  const said = <T>(read: (identity: Identity) => T | undefined): T | undefined =>
    identities.map(read).find((value) => value !== undefined)
  return new Identity(
    said(({ consumer }) => consumer),
    {
      claims: said(({ claims }) => claims),
      scopes: [...new Set(identities.flatMap(({ scopes }) => scopes))],
      credential: said(({ credential }) => credential || undefined) ?? '',
      fields: identities.flatMap(({ fields }) => fields),
      onReply: (reply) => {
        for (const identity of identities) identity.onReply?.(reply)
      },
    },
  )
}

function add(refusals: readonly Refusal[], verdict: Refusal | undefined): readonly Refusal[] {
  return verdict === undefined ? refusals : [...refusals, verdict]
}

/** What is thrown is no answer. */
function ask(authenticator: Authenticator, ex: Exchange): Awaitable<Verdict> {
  try {
    const verdict = authenticator.authenticate(ex)
    return isPending(verdict) ? verdict.then(checked, refusalOf) : checked(verdict)
  } catch (thrown) {
    return refusalOf(thrown)
  }
}

/** What is none of the three says nothing. */
function checked(verdict: Verdict): Verdict {
  if (verdict === undefined || verdict instanceof Identity || verdict instanceof Refusal)
    return verdict
  return refusalOf(new TypeError('the authenticator gave no verdict'))
}

function refusalOf(thrown: unknown): Refusal {
  const fault = toFault(thrown)
  if (fault.code === 'INTERNAL')
    return new Refusal(new Fault('AUTHENTICATOR_FAILED', fault.message, thrown))
  const isElsewhere = fault.kind.source === 'service' || fault.code === 'CONNECTIONS_FULL'
  if (!isElsewhere || fault.code === 'AUTHENTICATOR_UNREACHABLE') return new Refusal(fault)
  return new Refusal(
    new Fault('AUTHENTICATOR_UNREACHABLE', `${fault.code}: ${fault.message}`, fault),
  )
}
