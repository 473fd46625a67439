/** Whatever our parser accepts, Node's must accept with the same meaning: compares the two, stream by stream. */

import type { HeaderList } from '#http/header-list'
import { FieldKind, fieldName } from '#wire/field-names'
import { type Read, readReplies, readRequests } from '../kit/read-messages.ts'
import { endsConnection, isLastToIt, isLeftOut, isNotOurs, mayEndThere } from './exceptions.ts'
import { mutated } from './mutations.ts'
import { replySeen, requestsSeen, type Seen } from './oracle.ts'
import { Random } from './random.ts'
import { replyStream, requestStream } from './streams.ts'

/** A stream that the two read differently, and how to make it again. */
export interface Difference {
  readonly seed: number
  readonly kind: 'request' | 'reply'
  readonly text: string
  readonly why: string
}

export async function differenceOfRequests(text: string): Promise<string | undefined> {
  const { messages, stopped } = readRequests(text)
  const last = messages.findIndex(({ head }) => isNotOurs(head))
  const accepted = last < 0 ? messages : messages.slice(0, last)
  const end = accepted.findIndex(({ head }) => endsConnection(head))
  const compared = end < 0 ? accepted : accepted.slice(0, end + 1)

  const theirs = await requestsSeen(text)
  for (const [n, ours] of compared.entries()) {
    const why = differs(`${ours.head.method} ${ours.head.target}`, ours, theirs[n])
    if (why !== undefined) return `request ${n + 1}: ${why}`
    if (mayEndThere(theirs[n]!)) return undefined
  }
  const weRefused = last >= 0 || (stopped !== undefined && stopped !== 'incomplete')
  if (end < 0 && weRefused) return undefined // we are the stricter
  const complete = theirs.filter((message) => message.complete).length
  return complete > compared.length
    ? `it sees ${complete} requests, we ${compared.length}`
    : undefined
}

export async function differenceOfReply(text: string, method: string): Promise<string | undefined> {
  const { messages, stopped } = readReplies(text, method)
  const final = messages.findIndex(({ head }) => head.status >= 200)
  const ours = messages[final]
  const interim = final < 0 ? messages : messages.slice(0, final)
  if (interim.some(({ head }) => isLastToIt(head))) return undefined
  const theirs = await replySeen(text, method)
  if (ours !== undefined) return differs(String(ours.head.status), ours, theirs)
  return stopped === 'incomplete' && theirs?.complete ? 'it sees a complete reply' : undefined
}

function differs(
  line: string,
  { head, body }: Read<{ readonly headers: HeaderList }>,
  theirs: Seen | undefined,
): string | undefined {
  if (theirs === undefined) return `it refuses ${line}`
  if (theirs.line !== line) return `it reads ${theirs.line}, we ${line}`
  const [fields, ours] = [passedOn(theirs.fields), head.headers.flat].map((list) =>
    JSON.stringify(list),
  )
  if (fields !== ours) return `its fields are ${fields}, ours ${ours}`
  if (theirs.body !== body)
    return `its body is ${JSON.stringify(theirs.body)}, ours ${JSON.stringify(body)}`
  return theirs.complete ? undefined : 'it waits for more of the body'
}

/** Of all fields those that are not for this connection alone. */
function passedOn(fields: readonly string[]): string[] {
  const pairs = fields.flatMap((name, n) => (n % 2 === 0 ? [[name, fields[n + 1]!] as const] : []))
  const nominated = new Set(
    pairs
      .filter(([name]) => name === 'connection')
      .flatMap(([, value]) =>
        value.split(',').map((option) => option.replace(/^[\t ]+|[\t ]+$/g, '').toLowerCase()),
      ),
  )
  return pairs.filter(([name]) => isEndToEnd(name) && !(nominated.has(name) && mayGo(name))).flat()
}

function isEndToEnd(name: string): boolean {
  const kind = fieldName(name)?.kind
  return kind === FieldKind.ordinary || kind === FieldKind.forwarded
}

/** Those that Connection may take away: see NEVER_NOMINATED in the parser of heads. */
function mayGo(name: string): boolean {
  if (fieldName(name)?.kind === FieldKind.forwarded) return false
  return ![
    'content-type',
    'content-encoding',
    'authorization',
    'cookie',
    'cache-control',
    'date',
  ].includes(name)
}

/** The seed alone makes the stream again. */
export function streamOfSeed(seed: number) {
  const random = new Random(seed)
  const isReply = random.oneIn(3)
  const text = mutated(isReply ? replyStream(random) : requestStream(random), random)
  return { isReply, text, method: random.oneIn(5) ? 'HEAD' : 'GET' }
}

async function differenceOfSeed(seed: number): Promise<Difference | undefined> {
  const { isReply, text, method } = streamOfSeed(seed)
  if (isLeftOut(text)) return undefined
  const why = await (isReply ? differenceOfReply(text, method) : differenceOfRequests(text))
  return why === undefined ? undefined : { seed, kind: isReply ? 'reply' : 'request', text, why }
}

/** Streams side by side: a stream waits for turns of the event loop, not for the processor. */
export const BATCH = 200

/** The first difference among `BATCH` seeds from `seed` on. */
export async function differenceOfBatch(seed: number): Promise<Difference | undefined> {
  const seeds = Array.from({ length: BATCH }, (_, n) => seed + n)
  return (await Promise.all(seeds.map(differenceOfSeed))).find((found) => found !== undefined)
}
