/** What the auth server said, and what that means for the request. */

import {
  type AuthenticatorHost,
  Fault,
  FRAMING_FIELDS,
  HeaderList,
  HOP_FIELDS,
  Identity,
  Refusal,
  Reply,
} from '#sdk/index'
import type { Options } from './options.ts'

/** Of an answer's body. */
export const MAX_ANSWER_BYTES = 64 * 1024

/** Sends the caller away, to log in or for good: told to them as it is. */
const TOLD: ReadonlySet<number> = new Set([302, 303, 307, 308, 401, 403, 429])

export interface Answer {
  readonly status: number
  readonly headers: HeaderList
  readonly body: Buffer
}

export function isYes({ status }: Answer): boolean {
  return status >= 200 && status < 300
}

/** Whether it holds for others who ask the same: not when it gives the caller something of their own. */
export function isForAll({ headers }: Answer): boolean {
  return !headers.has('set-cookie')
}

/** Of a yes. A field that the answer lacks is one that the service does not get. */
export function identityOf(
  { headers }: Answer,
  options: Options,
  host: AuthenticatorHost,
): Identity {
  const name = options.consumer === undefined ? '' : (headers.get(options.consumer) ?? '').trim()
  const groups = options.groups === undefined ? '' : (headers.joined(options.groups) ?? '')
  const consumer = name === '' ? undefined : host.consumers.named(name, listOf(groups))
  const fields = options.take.map((field) => [field, headers.joined(field)] as const)
  const cookies = headers.all('set-cookie')
  if (cookies.length === 0) return new Identity(consumer, { fields })
  // A session that it renewed, most often.
  const onReply = (reply: Reply): void => {
    for (const cookie of cookies) reply.headers.add('set-cookie', cookie)
    reply.headers.set('cache-control', 'no-store') // a cache between would give them to others
  }
  return new Identity(consumer, { fields, onReply })
}

function listOf(text: string): string[] {
  return text.split(',').flatMap((member) => member.trim() || [])
}

/** Of anything that is no yes; undefined when it is no answer to the question. */
export function refusalOf(answer: Answer, authority: string): Refusal | undefined {
  const { status } = answer
  if (!TOLD.has(status)) return undefined
  const code =
    status === 403 ? 'FORBIDDEN' : status < 400 ? 'CREDENTIALS_MISSING' : 'CREDENTIALS_REFUSED'
  return new Refusal(
    new Fault(code, `${authority} answered ${status}`),
    undefined,
    new Reply(status, passedOn(answer.headers), answer.body),
  )
}

function passedOn(headers: HeaderList): HeaderList {
  const nominated = new Set(
    (headers.joined('connection') ?? '').split(',').map((name) => name.trim().toLowerCase()),
  )
  const told = new HeaderList()
  for (const [name, value] of headers)
    if (!FRAMING_FIELDS.has(name) && !HOP_FIELDS.has(name) && !nominated.has(name))
      told.add(name, value)
  if (!told.has('cache-control')) told.add('cache-control', 'no-store')
  return told
}

/** How long it says itself that it holds (RFC 9111 §5.2.2), in milliseconds. */
export function freshMs({ headers }: Answer): number {
  const said = (headers.joined('cache-control') ?? '').toLowerCase()
  if (/(?:^|[\s,])no-(?:store|cache)/.test(said)) return 0
  const maxAge = /(?:^|[\s,])max-age\s*=\s*"?([^",\s]*)/.exec(said)?.[1]
  if (maxAge === undefined) return Infinity
  return /^\d{1,9}$/.test(maxAge) ? Number(maxAge) * 1_000 : 0
}
