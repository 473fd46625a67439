/** What a client is told of our bounds before anything else, and what follows from them. */

import type { ConnectionLimits } from '#wire/connection'
import type { FrameWriter } from '#wire/http2/frame-writer'
import { INITIAL_WINDOW, Setting } from '#wire/http2/frames'

/** A head larger than `headers` and smaller than this many times that is read, so that its refusal can say whose it was. */
export const READ_BEYOND_LIMIT = 2

/** For all streams of a connection. It is given back as bytes come, so that a stream that is not taken holds up no other. */
export const CONNECTION_WINDOW = 2 ** 20

export function greet(writer: FrameWriter, { streams, headerBytes }: ConnectionLimits): void {
  writer.settings([
    [Setting.maxStreams, streams],
    [Setting.maxHeaderListSize, headerBytes * READ_BEYOND_LIMIT],
    [Setting.noOldPriorities, 1],
  ])
  writer.windowUpdate(0, CONNECTION_WINDOW - INITIAL_WINDOW)
}

/** Of a header block as it comes: what is larger ends the connection, as nothing could be read after it. */
export function maxBlockBytes({ headerBytes }: ConnectionLimits): number {
  return headerBytes * READ_BEYOND_LIMIT + INITIAL_WINDOW
}
