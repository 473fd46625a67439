import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readReplies, readRequests } from '../kit/read-messages.ts'
import {
  BATCH,
  differenceOfBatch,
  differenceOfReply,
  differenceOfRequests,
  streamOfSeed,
} from './http1.ts'

const STREAMS = 50_000

test('whatever we accept of many thousand streams, the other parser accepts with the same meaning', async () => {
  for (let seed = 0; seed < STREAMS; seed += BATCH) {
    const found = await differenceOfBatch(seed)
    assert.equal(found, undefined, JSON.stringify(found))
  }
})

test('enough of the streams are accepted, and enough are refused, for that to say something', () => {
  const shares = { accepted: 0, pipelined: 0, withBody: 0, refused: 0, replies: 0 }
  for (let seed = 0; seed < 2_000; seed++) {
    const { isReply, text } = streamOfSeed(seed)
    const { messages, stopped } = isReply ? readReplies(text) : readRequests(text)
    if (messages.length > 0) shares.accepted++
    if (messages.length > 1 && !isReply) shares.pipelined++
    if (messages.some(({ body }) => body !== '')) shares.withBody++
    if (stopped !== undefined && stopped !== 'incomplete') shares.refused++
    if (messages.length > 0 && isReply) shares.replies++
  }
  for (const [name, count] of Object.entries(shares)) assert.ok(count > 100, `${name}: ${count}`)
})

test('a difference is found where there is one', async () => {
  // One of the known ones: to the other parser this coding is not `chunked`.
  const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\t\r\n\r\n5\r\nhello\r\n0\r\n\r\n'
  assert.match((await differenceOfReply(text, 'GET')) ?? '', /^its body is "5.*, ours "hello"$/)
})

const FOUND_ONCE: Readonly<Record<string, string>> = {
  'a coding after the body': `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n`,
  'a request line that a bare LF ends': 'DELETE /\n\r\n',
}

for (const [name, text] of Object.entries(FOUND_ONCE)) {
  test(`what was once read in two ways is not any more: ${name}`, async () => {
    assert.equal(await differenceOfRequests(text), undefined)
    assert.equal(readRequests(text).messages.length, 0)
  })
}

test('an interim reply of HTTP/1.0, once read in two ways, is refused', async () => {
  const text = 'HTTP/1.0 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'
  assert.equal(await differenceOfReply(text, 'GET'), undefined)
  assert.equal(readReplies(text).messages.length, 0)
})
