/** Reads a text of HTTP/1 messages with the parts of the engine alone: no connection, no clock. */

import type { FaultCode } from '#sdk/fault'
import { BodyDecoder } from '#wire/http1/body-decoder'
import { replyFraming, requestFraming } from '#wire/framing'
import type { ReplyHead, RequestHead } from '#wire/head'
import { parseReplyHead, parseRequestHead } from '#wire/http1/head'

export interface Read<H> {
  readonly head: H
  readonly body: string
}

export interface Outcome<H> {
  readonly messages: readonly Read<H>[]
  /** Why reading stopped; undefined when the text ended with a message. */
  readonly stopped: FaultCode | 'incomplete' | undefined
}

export function readRequests(text: string): Outcome<RequestHead> {
  return readAll(text, (head) => parseRequestHead(head, 8_192, 100, true), requestFraming)
}

/** As replies to this method. */
export function readReplies(text: string, method = 'GET'): Outcome<ReplyHead> {
  return readAll(
    text,
    (head) => parseReplyHead(head, 100),
    (head) => replyFraming(head, method),
  )
}

function readAll<H extends object>(
  text: string,
  parse: (head: string) => H | FaultCode,
  framingOf: (head: H) => number | FaultCode,
): Outcome<H> {
  const bytes = Buffer.from(text, 'latin1')
  const messages: Read<H>[] = []
  const decoder = new BodyDecoder(8_192)
  for (let at = 0; at < bytes.length;) {
    const headEnd = text.indexOf('\r\n\r\n', at)
    if (headEnd < 0) {
      // A connection does not wait for the end of a head that a bare LF has ended for others.
      const isBroken = /(?:^|[^\r])\n/.test(text.slice(at))
      return { messages, stopped: isBroken ? 'BAD_REQUEST' : 'incomplete' }
    }
    const head = parse(text.slice(at, headEnd + 2))
    if (typeof head === 'string') return { messages, stopped: head }
    const framing = framingOf(head)
    if (typeof framing === 'string') return { messages, stopped: framing }
    let body = ''
    const sink = {
      chunk: (chunk: Buffer) => void (body += chunk.toString('latin1')),
      end() {},
      fail() {},
    }
    decoder.begin(framing)
    const next = decoder.feed(bytes, headEnd + 4, bytes.length, sink)
    if (typeof next === 'string') return { messages, stopped: next }
    if (!decoder.done && framing !== -3) return { messages, stopped: 'incomplete' }
    messages.push({ head, body })
    at = next
  }
  return { messages, stopped: undefined }
}
