import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exchange } from '../kit/raw-client.ts'
import { valuesOf } from '../kit/recorder.ts'
import { e1, k1, request, startTokenGateway } from '../kit/token-gateway.ts'
import { claimsFor, signed } from '../kit/tokens.ts'

test('a good token passes: the service learns who calls, and does not get the token', async (t) => {
  const { port, service, ask } = await startTokenGateway(t)
  assert.equal(await ask(signed(k1)), '200')
  assert.equal(await ask(signed(e1)), '200')
  const fields = `Authorization: bearer ${signed(k1)}\r\nX-User-Id: root\r\nX_User_Id: root\r\nDPoP: x\r\n`
  await exchange(port, request(fields))
  assert.deepEqual(valuesOf(service.request(), 'x-user-id'), ['anna'])
  assert.doesNotMatch(service.request(), /authorization|dpop|root/i)
})

test('who shows nothing is asked for a token, without an error; a token in the query is not looked at', async (t) => {
  const { port } = await startTokenGateway(t)
  for (const path of ['/one/x', `/one/x?access_token=${signed(k1)}`]) {
    const reply = await exchange(port, request('', path))
    assert.match(reply, /^HTTP\/1\.1 401 /)
    assert.deepEqual(valuesOf(reply, 'www-authenticate'), ['Bearer realm="api"'])
    assert.match(reply, /"code":"CREDENTIALS_MISSING"/)
  }
})

test('a token that is good for one thing is 403 for another', async (t) => {
  const { ask } = await startTokenGateway(t)
  assert.equal(await ask(signed(k1, claimsFor({ scope: 'orders:read' })), '/read'), '200')
  const cases = [{ scope: 'orders:write' }, { scope: 'orders:read2' }, {}]
  for (const more of cases)
    assert.equal(await ask(signed(k1, claimsFor(more)), '/read'), '403 insufficient_scope')
})
