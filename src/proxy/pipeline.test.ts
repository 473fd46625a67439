import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList } from '#http/header-list'
import type { Body } from '#sdk/body'
import { Fault } from '#sdk/fault'
import type { Endpoint, Filter } from '#sdk/filter'
import { Reply } from '#sdk/reply'
import { exchangeFor } from '../../test/kit/exchange.ts'
import { boom, Later, WAYS } from '../../test/kit/ways.ts'
import { compilePipeline, runPipeline } from './pipeline.ts'

function ok(): Reply {
  return new Reply(200)
}

function refused(): never {
  throw new Fault('SERVICE_REFUSED')
}

function run(filters: readonly Filter[], endpoint: Endpoint = ok): Promise<Reply> {
  return new Promise((resolve) => {
    runPipeline(compilePipeline(filters, endpoint), exchangeFor(), (_, reply) => resolve(reply))
  })
}

function traced(log: string[], name: string): Filter {
  return {
    onRequest: () => void log.push(`${name}>`),
    onReply: () => void log.push(`<${name}`),
  }
}

test('requests pass inwards, replies outwards', async () => {
  const log: string[] = []
  await run([traced(log, 'a'), traced(log, 'b')])
  assert.deepEqual(log, ['a>', 'b>', '<b', '<a'])
})

test('an early reply passes only through the filters outside the one that gave it', async () => {
  const log: string[] = []
  const refuse = { ...traced(log, 'b'), onRequest: () => new Reply(403) }
  const reply = await run([traced(log, 'a'), refuse, traced(log, 'c')])
  assert.equal(reply.status, 403)
  assert.deepEqual(log, ['a>', '<a'])
})

test('filters without hooks leave nothing but the endpoint', () => {
  assert.deepEqual(compilePipeline([{}, {}], ok), [{ ask: ok, wayOut: [] }])
})

test('hooks are called as methods of their filter', async () => {
  class Stamp implements Filter {
    readonly #name: string = 'stamp'
    onRequest(): Reply | void {
      if (this.#name === '') return new Reply(500)
    }
    onReply(_: unknown, reply: Reply): void {
      reply.headers.add(this.#name, '1')
    }
  }
  assert.equal((await run([new Stamp()])).headers.get('stamp'), '1')
})

test('wrap surrounds the endpoint, outermost first', async () => {
  const log: string[] = []
  const around = (name: string): Filter => ({
    wrap: (endpoint) => (ex) => {
      log.push(name)
      return endpoint(ex)
    },
  })
  await run([around('a'), {}, around('b')])
  assert.deepEqual(log, ['a', 'b'])
})

test('where nothing waits, the reply is here before the call returns', () => {
  let replies = 0
  const filters: Filter[] = [{ onRequest() {} }, { onReply: (_, reply) => reply }]
  runPipeline(compilePipeline(filters, ok), exchangeFor(), () => replies++)
  assert.equal(replies, 1)
})

test('what arrives late goes on in the turn it arrives in', () => {
  const asked = new Later<void>()
  const answered = new Later<Reply>()
  const changed = new Later<void>()
  const statuses: number[] = []
  const filters: Filter[] = [{ onRequest: () => asked, onReply: () => changed }]
  const pipeline = compilePipeline(filters, () => answered)
  runPipeline(pipeline, exchangeFor(), (_, reply) => statuses.push(reply.status))
  asked.give()
  answered.give(new Reply(201))
  assert.deepEqual(statuses, [])
  changed.give()
  assert.deepEqual(statuses, [201])
})

for (const [way, come] of Object.entries(WAYS)) {
  test(`a request hook that fails ${way} never lets a request by`, async () => {
    const log: string[] = []
    const broken: Filter = { onRequest: () => come(boom) }
    const reply = await run([traced(log, 'a'), broken, traced(log, 'b')], () => assert.fail())
    assert.deepEqual([reply.status, reply.fault?.code], [500, 'INTERNAL'])
    assert.deepEqual(log, ['a>', '<a'])
  })

  test(`a fault ${way} keeps its own status`, async () => {
    assert.equal((await run([], () => come(refused))).status, 502)
  })

  test(`an endpoint that answers nothing ${way} is a fault that passes through all filters`, async () => {
    const log: string[] = []
    const reply = await run([traced(log, 'a')], (() =>
      come(() => undefined)) as unknown as Endpoint)
    assert.equal(reply.fault?.code, 'NO_ANSWER')
    assert.deepEqual(log, ['a>', '<a'])
  })

  test(`a reply hook that fails ${way} is replaced by its fault, and those outside it still see a reply`, async () => {
    const log: string[] = []
    let aborted: Fault | undefined
    const body: Body = { start() {}, pause() {}, resume() {}, abort: (fault) => (aborted = fault) }
    const broken: Filter = { onReply: () => come(boom) }
    const filters = [traced(log, 'a'), broken, traced(log, 'b')]
    const reply = await run(filters, () => new Reply(200, new HeaderList(), body))
    assert.equal(reply.status, 500)
    assert.equal(aborted?.code, 'INTERNAL', 'nobody wants that body now')
    assert.deepEqual(log, ['a>', 'b>', '<b', '<a'])
  })

  test(`a reply hook may put another reply ${way} in place of the one it was given`, async () => {
    const seen: number[] = []
    const swap: Filter = { onReply: () => come(() => new Reply(418)) }
    const look: Filter = { onReply: (_, { status }) => void seen.push(status) }
    assert.equal((await run([look, swap, look])).status, 418)
    assert.deepEqual(seen, [200, 418])
  })
}

test('a thenable that throws, or calls twice, is one failure or one answer', async () => {
  // oxlint-disable-next-line unicorn/no-thenable -- what a plugin may return
  const throwing = { then: boom } as unknown as PromiseLike<Reply>
  assert.equal((await run([], () => throwing)).status, 500)
  const twice = {
    // oxlint-disable-next-line unicorn/no-thenable -- what a plugin may return
    then(onValue: (reply: Reply) => void) {
      onValue(new Reply(201))
      onValue(new Reply(202))
    },
  } as unknown as PromiseLike<Reply>
  const statuses: number[] = []
  runPipeline(
    compilePipeline([], () => twice),
    exchangeFor(),
    (_, reply) => statuses.push(reply.status),
  )
  await Promise.resolve().then(() => Promise.resolve())
  await new Promise(setImmediate)
  assert.deepEqual(statuses, [201])
})
