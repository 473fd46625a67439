/** What the peer has set for the connection (RFC 9113 §6.5.2). The same for both sides. */

import {
  ErrorCode,
  INITIAL_WINDOW,
  MAX_PAYLOAD_BYTES,
  MAX_WINDOW,
  Setting,
} from '#wire/http2/frames'
import { DEFAULT_TABLE_BYTES } from '#wire/http2/hpack/dynamic-table'

const MAX_FRAME_SIZE = 2 ** 24 - 1

export class PeerSettings {
  headerTableBytes = DEFAULT_TABLE_BYTES
  initialWindow = INITIAL_WINDOW

  /** Takes a frame's settings, in their order. Returns the error they make, or 0. */
  take(payload: Buffer, start: number, end: number): number {
    for (let at = start; at < end; at += 6) {
      const error = this.#set(payload.readUInt16BE(at), payload.readUInt32BE(at + 2))
      if (error !== ErrorCode.none) return error
    }
    return ErrorCode.none
  }

  #set(id: number, value: number): number {
    switch (id) {
      case Setting.headerTableSize:
        this.headerTableBytes = value
        return ErrorCode.none
      case Setting.enablePush:
      case Setting.noOldPriorities:
        return value > 1 ? ErrorCode.protocol : ErrorCode.none
      case Setting.initialWindow:
        if (value > MAX_WINDOW) return ErrorCode.flowControl
        this.initialWindow = value
        return ErrorCode.none
      case Setting.maxFrameSize: // ours are never larger than the least that a peer may ask for
        return value < MAX_PAYLOAD_BYTES || value > MAX_FRAME_SIZE
          ? ErrorCode.protocol
          : ErrorCode.none
      default:
        return ErrorCode.none
    }
  }
}
