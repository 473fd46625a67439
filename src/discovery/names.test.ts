import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { Names } from './names.ts'

type Family = 'A' | 'AAAA'

const TYPES: Record<Family, number> = { A: 1, AAAA: 28 }
const SERVFAIL = 2
const NXDOMAIN = 3

/** What it says of every name: an address with its time to live, or what is wrong. */
type Says = Record<Family, { readonly address: Buffer; readonly ttl: number } | number>

const V4 = { address: Buffer.from([10, 0, 0, 5]), ttl: 30 }
const V6 = { address: Buffer.from('fd000000000000000000000000000005', 'hex'), ttl: 7 }

/** A DNS server that is right in one thing and wrong in another. */
async function setUp(t: TestContext, first: Says) {
  const its = { says: first }
  const socket = createSocket('udp4')
  socket.on('message', (query, { port, address }) => {
    const end = query.indexOf(0, 12) + 5
    const question = query.subarray(12, end)
    const type = question.readUInt16BE(question.length - 4)
    const said = its.says[type === TYPES.A ? 'A' : 'AAAA']
    const head = Buffer.alloc(12)
    query.copy(head, 0, 0, 2)
    head.writeUInt16BE(0x8180 | (typeof said === 'number' ? said : 0), 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt16BE(typeof said === 'number' ? 0 : 1, 6)
    socket.send(Buffer.concat([head, question, ...answerOf(said, type)]), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.after(() => socket.close())
  const names = new Names([`127.0.0.1:${socket.address().port}`])
  return { its, ask: () => names.addressesOf('s.internal') }
}

function answerOf(said: Says[Family], type: number): Buffer[] {
  if (typeof said === 'number') return []
  const record = Buffer.alloc(12)
  record.writeUInt16BE(0xc00c, 0) // the name of the question
  record.writeUInt16BE(type, 2)
  record.writeUInt16BE(1, 4)
  record.writeUInt32BE(said.ttl, 6)
  record.writeUInt16BE(said.address.length, 10)
  return [record, said.address]
}

test('IPv4 and IPv6 are both asked for; the shortest time to live holds', async (t) => {
  const { ask } = await setUp(t, { A: V4, AAAA: V6 })
  const { addresses, holdsMs, failure, isFresh } = await ask()
  assert.deepEqual(addresses, ['10.0.0.5', 'fd00::5'])
  assert.deepEqual([holdsMs, failure, isFresh], [7_000, undefined, true])
})

test('a name without addresses is an answer, not a failure', async (t) => {
  const { ask } = await setUp(t, { A: NXDOMAIN, AAAA: NXDOMAIN })
  const { addresses, failure, isFresh } = await ask()
  assert.deepEqual([addresses, failure, isFresh], [[], undefined, true])
})

test('when one family is not answered, its last addresses stay beside those of the other', async (t) => {
  const { its, ask } = await setUp(t, { A: V4, AAAA: SERVFAIL })
  const first = await ask()
  assert.deepEqual([first.addresses, first.isFresh], [['10.0.0.5'], true])
  assert.match(first.failure!.message, /SERVFAIL/)
  its.says = { A: V4, AAAA: V6 }
  await ask()
  its.says = { A: V4, AAAA: SERVFAIL }
  const { addresses, holdsMs, isFresh } = await ask()
  assert.deepEqual([addresses, holdsMs, isFresh], [['10.0.0.5', 'fd00::5'], 30_000, true])
  its.says = { A: V4, AAAA: NXDOMAIN }
  assert.deepEqual((await ask()).addresses, ['10.0.0.5'], 'none is an answer')
})

test('when neither family is answered nothing is fresh', async (t) => {
  const { its, ask } = await setUp(t, { A: V4, AAAA: V6 })
  await ask()
  its.says = { A: SERVFAIL, AAAA: SERVFAIL }
  const { addresses, isFresh, failure } = await ask()
  assert.deepEqual([addresses.length, isFresh], [2, false])
  assert.match(failure!.message, /SERVFAIL/)
})
