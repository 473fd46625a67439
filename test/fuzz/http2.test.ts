import assert from 'node:assert/strict'
import { test } from 'node:test'
import { converse } from './http2.ts'

const CONVERSATIONS = 2_000

test('whatever a client says in HTTP/2, the answer is sound, and each request ends once', async () => {
  const sum = { asked: 0, answered: 0, broken: 0 }
  for (let seed = 0; seed < CONVERSATIONS; seed++) {
    const { wrong, asked, answered, wasBroken } = await converse(seed)
    assert.equal(wrong, undefined, `seed ${seed}`)
    sum.asked += asked
    sum.answered += answered
    sum.broken += Number(wasBroken)
  }
  assert.ok(sum.asked > 5_000 && sum.answered > 2_000, JSON.stringify(sum))
  assert.ok(
    sum.broken > CONVERSATIONS / 10 && sum.broken < CONVERSATIONS * 0.9,
    JSON.stringify(sum),
  )
})
