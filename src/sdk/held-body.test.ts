import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList } from '#http/header-list'
import type { Body, Sink } from '#sdk/body'
import { Fault } from '#sdk/fault'
import { holdBody, readWhole } from '#sdk/held-body'
import type { KeptBody } from '#sdk/kept-body'
import { exchangeFor } from '../../test/kit/exchange.ts'

/** A body that pushes what the test says, from one buffer that it uses again and again. */
class PushedBody implements Body {
  readonly length: number | undefined
  sink: Sink | undefined
  aborted: Fault | undefined
  readonly #buffer = Buffer.alloc(64)

  constructor(length?: number) {
    this.length = length
  }

  start(sink: Sink): void {
    this.sink = sink
  }

  push(text: string): void {
    this.sink!.chunk(this.#buffer.subarray(0, this.#buffer.write(text)))
  }

  pause(): void {}

  resume(): void {}

  abort(fault: Fault): void {
    this.aborted = fault
  }
}

function exchangeWith(body: Body | undefined, bufferBytes = 10) {
  const ex = exchangeFor()
  ex.limits.bufferBytes = bufferBytes
  ex.request.body = body
  ex.request.expectsContinue = true
  return ex
}

test('a body is held whole, whatever its pieces, and can be sent on as often as one likes', async () => {
  const body = new PushedBody()
  const ex = exchangeWith(body)
  const held = holdBody(ex)
  body.push('hel')
  body.push('lo')
  body.sink!.end(new HeaderList(['x-sum', '1']))
  assert.equal(String(await held), 'hello')
  for (let time = 0; time < 2; time++) {
    const again = new HeaderList()
    const bytes = await readWhole(ex.request.body, 10)
    ex.request.body!.start({
      chunk() {},
      end: (trailers) => again.add('x-sum', trailers!.get('x-sum')!),
      fail() {},
    })
    assert.equal(String(bytes), 'hello')
    assert.equal(again.get('x-sum'), '1')
  }
  assert.equal(ex.request.body!.length, 5)
  assert.equal(await holdBody(ex), (ex.request.body as KeptBody).bytes)
  assert.equal(ex.request.expectsContinue, false, 'the client was asked for it')
})

test('no body is one of no bytes', async () => {
  assert.equal((await holdBody(exchangeWith(undefined))).length, 0)
})

test('a body that says itself that it is too large is not even begun', async () => {
  const body = new PushedBody(11)
  await assert.rejects(async () => holdBody(exchangeWith(body)), { code: 'BODY_TOO_LARGE' })
  assert.equal(body.sink, undefined)
})

test('a body that grows too large is let go, and what comes late is nothing', async () => {
  const body = new PushedBody()
  const held = holdBody(exchangeWith(body))
  body.push('0123456789')
  body.push('x')
  body.push('y')
  body.sink!.end()
  await assert.rejects(async () => held, { code: 'BODY_TOO_LARGE' })
  assert.equal(body.aborted?.code, 'BODY_TOO_LARGE')
})

test('a body of exactly the bound is held', async () => {
  const body = new PushedBody(10)
  const held = holdBody(exchangeWith(body))
  body.push('0123456789')
  body.sink!.end()
  assert.equal((await held).length, 10)
})

test('a body that breaks off fails with what broke it', async () => {
  const body = new PushedBody()
  const held = holdBody(exchangeWith(body))
  body.push('hel')
  body.sink!.fail(new Fault('CLIENT_GONE'))
  await assert.rejects(async () => held, { code: 'CLIENT_GONE' })
})
