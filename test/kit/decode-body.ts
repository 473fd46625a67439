/** A body decoder fed with pieces of text, and all that came of it. */

import assert from 'node:assert/strict'
import type { HeaderList } from '#http/header-list'
import { BodyDecoder } from '#wire/http1/body-decoder'
import { type BodyFraming, Framing } from '#wire/framing'

export const MAX_TRAILER_BYTES = 64

/** What became of a body that came in pieces: its bytes, how it ended, and what of the last piece was left. */
export function decode(framing: BodyFraming, pieces: readonly string[]) {
  const decoder = new BodyDecoder(MAX_TRAILER_BYTES)
  decoder.begin(framing)
  const seen = {
    body: '',
    ends: 0,
    trailers: undefined as string[] | undefined,
    fault: '',
    rest: '',
  }
  const sink = {
    chunk(bytes: Buffer) {
      assert.ok(bytes.length > 0, 'an empty chunk')
      assert.equal(seen.ends, 0, 'a chunk after the end')
      seen.body += bytes.toString('latin1')
    },
    end(trailers?: HeaderList) {
      seen.ends++
      seen.trailers = trailers?.flat
    },
    fail() {
      assert.fail('a decoder tells faults to its caller')
    },
  }
  for (const piece of pieces) {
    const bytes = Buffer.from(piece, 'latin1')
    const took = decoder.feed(bytes, 0, bytes.length, sink)
    if (typeof took === 'string') {
      seen.fault = took
      break
    }
    seen.rest += bytes.toString('latin1', took)
  }
  assert.equal(decoder.done, seen.ends === 1)
  return seen
}

/** At once, byte by byte and at every split: the same each time. */
export function decodeChunked(text: string) {
  const whole = decode(Framing.chunked, [text])
  assert.deepEqual(decode(Framing.chunked, Array.from(text)), whole, 'byte by byte')
  for (let at = 1; at < text.length; at++) {
    assert.deepEqual(
      decode(Framing.chunked, [text.slice(0, at), text.slice(at)]),
      whole,
      `split at ${at}`,
    )
  }
  return whole
}
