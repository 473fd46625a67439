/** How long a message's body is (RFC 9112 §6.3): the one place that decides, for requests and for replies. */

import { mayHaveBody } from '#http/status'
import type { FaultCode } from '#sdk/fault'
import type { Head, ReplyHead, RequestHead } from '#wire/head'

/** No body; so many bytes; chunks; until the connection ends. */
export const Framing = { none: -1, chunked: -2, untilClose: -3 } as const

/** A length in bytes (0 and up), or one of `Framing`, or the fault that refuses the message. */
export type BodyFraming = number

/** For a request. `Content-Length: 0` is a body of no bytes: 0, not `none`. */
export function requestFraming(head: RequestHead): BodyFraming | FaultCode {
  return framingSaid(head, Framing.none) ?? 'BAD_FRAMING'
}

/** For a reply to `method`. What it says must be sound also when there is no body (RFC 9112 §6.3). */
export function replyFraming(head: ReplyHead, method: string): BodyFraming | FaultCode {
  const framing = framingSaid(head, Framing.untilClose)
  if (framing === undefined) return 'SERVICE_BAD_REPLY'
  return mayHaveBody(head.status, method) ? framing : Framing.none
}

/** Undefined when it can be read in two ways. */
function framingSaid(head: Head, otherwise: BodyFraming): BodyFraming | undefined {
  if (head.transferEncodings > 0) {
    // Both is an attempt to be read in two ways; HTTP/1.0 knows no transfer codings (RFC 9112 §6.1).
    if (head.contentLengths > 0 || head.minor === 0) return undefined
    return isChunked(head) ? Framing.chunked : undefined
  }
  return head.contentLengths === 0 ? otherwise : contentLength(head)
}

/** A single final `chunked` and nothing else. */
function isChunked(head: Head): boolean {
  if (head.transferEncodings !== 1) return false
  const coding = head.transferEncoding!
  return coding === 'chunked' || (coding.length === 7 && coding.toLowerCase() === 'chunked')
}

/** One field of 1 to 15 digits: enough for a petabyte, and exact as a number. Even equal repeats are refused. */
function contentLength(head: Head): number | undefined {
  const text = head.contentLength!
  const { length } = text
  if (head.contentLengths !== 1 || length === 0 || length > 15) return undefined
  let bytes = 0
  for (let at = 0; at < length; at++) {
    const digit = text.charCodeAt(at) - 0x30
    if (digit < 0 || digit > 9) return undefined
    bytes = bytes * 10 + digit
  }
  return bytes
}
