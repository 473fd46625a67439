import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isStreamType } from './stream-types.ts'

test('media types of streams are known, whatever stands behind them', () => {
  const streams = [
    'text/event-stream',
    'Text/Event-Stream; charset=utf-8',
    'application/x-ndjson',
    'application/json-seq',
    'application/grpc',
    'application/grpc+proto',
    'application/grpc-web+proto ; x=1',
  ]
  for (const type of streams) assert.equal(isStreamType(type), true, type)
})

test('others are none', () => {
  for (const type of [
    undefined,
    '',
    'text/event-streams',
    'text/plain',
    'application/json',
    'x text/event-stream',
    'application/grpcx',
  ])
    assert.equal(isStreamType(type), false, type)
})
