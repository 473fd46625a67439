/** What the head of a frame must be, whatever state its stream is in (RFC 9113 §4.2, §6). */

import { ErrorCode, Flag, FrameType, MAX_PAYLOAD_BYTES } from '#wire/http2/frames'

/** The error that the head makes, or 0. Each ends the connection: that is allowed for those that need only end a stream. */
export function headError(type: number, flags: number, stream: number, length: number): number {
  if (length > MAX_PAYLOAD_BYTES) return ErrorCode.frameSize
  switch (type) {
    case FrameType.data:
    case FrameType.headers:
    case FrameType.continuation:
      return stream === 0 ? ErrorCode.protocol : ErrorCode.none
    case FrameType.priority:
      return fixed(stream !== 0, length === 5)
    case FrameType.reset:
      return fixed(stream !== 0, length === 4)
    case FrameType.settings:
      return fixed(stream === 0, (flags & Flag.ack) === 0 ? length % 6 === 0 : length === 0)
    case FrameType.pushPromise:
      return ErrorCode.protocol // only servers push, and none to us: we say so, or are one
    case FrameType.ping:
      return fixed(stream === 0, length === 8)
    case FrameType.goaway:
      return fixed(stream === 0, length >= 8)
    case FrameType.windowUpdate:
      return fixed(true, length === 4)
    default:
      return ErrorCode.none
  }
}

function fixed(isRightStream: boolean, isRightLength: boolean): number {
  if (!isRightStream) return ErrorCode.protocol
  return isRightLength ? ErrorCode.none : ErrorCode.frameSize
}
