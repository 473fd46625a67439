/** How long a message's body is (RFC 9112 §6.3): the one place that decides, for requests and for replies. */

import type { FaultCode } from '#sdk/fault'
import type { Head, ReplyHead, RequestHead } from '#wire/http1/head'

/** No body; so many bytes; chunks; until the connection ends. */
export const Framing = { none: -1, chunked: -2, untilClose: -3 } as const

/** A length in bytes (0 and up), or one of `Framing`, or the fault that refuses the message. */
export type BodyFraming = number

/** For a request. `Content-Length: 0` is a body of no bytes: 0, not `none`. */
export function requestFraming(head: RequestHead): BodyFraming | FaultCode {
  if (head.transferEncodings > 0) {
    // Both is an attempt to be read in two ways; HTTP/1.0 knows no transfer codings (RFC 9112 §6.1).
    if (head.contentLengths > 0 || head.minor === 0) return 'BAD_FRAMING'
    return isChunked(head) ? Framing.chunked : 'BAD_FRAMING'
  }
  if (head.contentLengths === 0) return Framing.none
  return contentLength(head) ?? 'BAD_FRAMING'
}

/** For a reply to `method`. */
export function replyFraming(head: ReplyHead, method: string): BodyFraming | FaultCode {
  const { status } = head
  if (method === 'HEAD' || status === 204 || status === 304 || status < 200) {
    return head.contentLengths > 0 && contentLength(head) === undefined
      ? 'SERVICE_BAD_REPLY'
      : Framing.none
  }
  if (head.transferEncodings > 0) {
    if (head.contentLengths > 0 || head.minor === 0) return 'SERVICE_BAD_REPLY'
    return isChunked(head) ? Framing.chunked : 'SERVICE_BAD_REPLY'
  }
  if (head.contentLengths === 0) return Framing.untilClose
  return contentLength(head) ?? 'SERVICE_BAD_REPLY'
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
  if (head.contentLengths !== 1 || text.length > 15 || !/^\d+$/.test(text)) return undefined
  return Number(text)
}
