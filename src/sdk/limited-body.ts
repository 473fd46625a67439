/** A body that may not grow beyond a size, whatever it said of itself. */

import type { Body, Sink } from '#sdk/body'
import { Fault } from '#sdk/fault'

/** Fails with BODY_TOO_LARGE as soon as more than `maxBytes` came; nothing beyond them is passed on. */
export function limitedBody(body: Body, maxBytes: number): Body {
  let bytes = 0
  let over = false
  return {
    length: body.length,
    pause: () => body.pause(),
    resume: () => body.resume(),
    abort(fault) {
      over = true
      body.abort(fault)
    },
    start(sink: Sink) {
      body.start({
        chunk(piece) {
          if (over) return
          bytes += piece.length
          if (bytes <= maxBytes) {
            sink.chunk(piece)
            return
          }
          over = true
          const fault = new Fault('BODY_TOO_LARGE')
          sink.fail(fault)
          body.abort(fault)
        },
        end(trailers) {
          if (!over) sink.end(trailers)
        },
        fail(fault) {
          if (!over) sink.fail(fault)
        },
      })
    },
  }
}
