/** What a client may not do in HTTP/2, as rows: the frames, and what they must lead to. */

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { answering, startBackend } from './backend.ts'
import { startGateway } from './gateway.ts'
import { Frame, FrameClient, requestFields } from './h2-frames.ts'

export interface Violation {
  readonly what: string
  /** `GOAWAY code`; `RST stream code`, and the others live on; `fine`: nothing comes of it. */
  readonly expected: string
  /** A number: wait until that stream is over. */
  readonly steps: readonly (Buffer | number)[]
}

export const row = (
  what: string,
  expected: string,
  ...steps: readonly (Buffer | number)[]
): Violation => ({ what, expected, steps })

/** Each on a connection of its own; after each, another connection must be served. */
export async function prove(t: TestContext, rows: readonly Violation[]): Promise<void> {
  const service = await startBackend(
    t,
    answering((request) =>
      / \/held /.test(request) ? '' : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    ),
  )
  const { port } = await startGateway(t, `routes: [{ path: /**, to: "${service.url}" }]`, {
    listen: 'listeners: { main: { port: 0, host: 127.0.0.1, protocols: [h2c] } }',
  })
  const other = new FrameClient(port)
  let stream = 1
  const found: string[] = []
  for (const { what, expected, steps } of rows) {
    const outcome = await outcomeOf(new FrameClient(port), steps, expected)
    if (outcome !== expected) found.push(`${what}: ${outcome} in place of ${expected}`)
    other.request(stream, requestFields())
    assert.equal(await other.outcome(stream), 'ok', what)
    stream += 2
  }
  other.socket.destroy()
  assert.deepEqual(found, [])
}

async function outcomeOf(
  client: FrameClient,
  steps: readonly (Buffer | number)[],
  expected: string,
): Promise<string> {
  for (const step of steps) {
    if (typeof step === 'number') await client.outcome(step)
    else client.send(step)
  }
  if (expected.startsWith('GOAWAY')) return `GOAWAY ${await client.goaway()}`
  client.request(1_001, requestFields())
  const after = await client.outcome(1_001)
  client.socket.destroy()
  if (after !== 'ok') return `nothing for another stream: ${after}`
  const resets = client.frames
    .filter(({ type }) => type === Frame.reset)
    .map(({ stream, payload }) => `RST ${stream} ${payload.readUInt32BE()}`)
  return resets.join() || 'fine'
}
