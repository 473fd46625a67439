import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { FrameFollower } from './frame-follower.ts'

/** A frame as either side sends it. */
function frame(opcode: number, length: number, isMasked: boolean): Buffer {
  const mask = isMasked ? 0x80 : 0
  const head =
    length < 126
      ? Buffer.of(0x80 | opcode, mask | length)
      : length < 65_536
        ? Buffer.of(0x80 | opcode, mask | 126, length >> 8, length & 0xff)
        : Buffer.concat([Buffer.of(0x80 | opcode, mask | 127, 0, 0, 0, 0), uint32(length)])
  return Buffer.concat([head, Buffer.alloc((isMasked ? 4 : 0) + length, 0x88)])
}

function uint32(number: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(number)
  return bytes
}

const anyFrame = fc.record({
  opcode: fc.constantFrom(0, 1, 2, 9, 10),
  length: fc.constantFrom(0, 1, 125, 126, 300, 65_535, 65_536, 70_000),
  isMasked: fc.boolean(),
})

test('however frames are cut into pieces, it knows where each ends', () => {
  fc.assert(
    fc.property(
      fc.array(anyFrame, { minLength: 1, maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 90_000 }), { maxLength: 8 }),
      (frames, cuts) => {
        const bytes = frames.map(({ opcode, length, isMasked }) => frame(opcode, length, isMasked))
        const all = Buffer.concat(bytes)
        const ends = new Set(bytes.map((_, n) => Buffer.concat(bytes.slice(0, n + 1)).length))
        const follower = new FrameFollower()
        let at = 0
        for (const cut of [...cuts, all.length]) {
          const piece = all.subarray(at, at + cut)
          assert.equal(follower.follow(piece), piece.length)
          at += piece.length
          if (piece.length > 0) assert.equal(follower.isBetweenFrames, ends.has(at))
        }
        assert.equal(follower.sawClose, false)
      },
    ),
  )
})

test('it stops at the first end of a frame when it is asked to', () => {
  const follower = new FrameFollower()
  assert.equal(follower.follow(frame(1, 10, true).subarray(0, 9)), 9)
  const rest = Buffer.concat([frame(1, 10, true).subarray(9), frame(1, 5, true)])
  assert.equal(follower.follow(rest, true), 7)
  assert.equal(follower.isBetweenFrames, true)
  assert.equal(follower.follow(rest.subarray(7), true), 0)
})

test('a Close frame is seen once its head is whole', () => {
  const follower = new FrameFollower()
  const close = frame(8, 2, true)
  follower.follow(close.subarray(0, 5))
  assert.equal(follower.sawClose, false)
  follower.follow(close.subarray(5))
  assert.deepEqual([follower.sawClose, follower.isBetweenFrames], [true, true])
})

test('what can be no length is one that does not end', () => {
  const follower = new FrameFollower()
  follower.follow(Buffer.of(0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255))
  follower.follow(Buffer.alloc(100_000))
  assert.equal(follower.isBetweenFrames, false)
})
