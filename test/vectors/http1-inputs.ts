/** Raw HTTP/1 messages: what a published parser calls an error is not accepted by us; we may refuse more. */

import { readReplies, readRequests } from '../kit/read-messages.ts'
import { readVectors, Tally, type VectorResult } from './vectors.ts'

const FILE = 'http1-inputs.json'

interface Case {
  readonly id: string
  readonly kind: 'request' | 'response'
  readonly raw: string
  readonly llhttp: string
}

export function run(): Promise<VectorResult> {
  const tally = new Tally(FILE)
  for (const each of readVectors(FILE) as readonly Case[]) {
    const reason = reasonToLeaveOut(each)
    if (reason === undefined) tally.note(fault(each))
    else tally.leaveOut(reason)
  }
  return Promise.resolve(tally.result())
}

function fault({ id, kind, raw, llhttp }: Case): string | undefined {
  const { stopped } = kind === 'request' ? readRequests(raw) : readReplies(raw)
  return stopped === undefined ? `${id}: accepted, expected ${llhttp}` : undefined
}

function reasonToLeaveOut({ raw, llhttp }: Case): string | undefined {
  if (llhttp === 'ok') return 'accepted there: says nothing of what must be refused'
  if (raw.includes('```')) return 'its text is garbled'
  if (llhttp.includes('Data after')) return 'bytes after a close are the connection’s to ignore'
  if (llhttp.includes('Pause on')) return 'stops there to hand over the connection: no error'
  if (/^[A-Z]+ \S+ HTTP\/1\.[01]\r\n/.test(raw) && /method/.test(llhttp))
    return 'a method unknown to its table: any token may be one (RFC 9110 §9.1)'
  return undefined
}
