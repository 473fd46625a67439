import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGateway } from '../kit/gateway.ts'
import { exchange } from '../kit/raw-client.ts'
import { startRecorder } from '../kit/recorder.ts'

/** Some services read `X_User` and `X-User` as one name, as CGI does: the client's must not stand beside the gateway's. */
const lookAlikes = [
  'X_Forwarded_For',
  'x_forwarded-proto',
  'X-Forwarded_Host',
  'X_Real_IP',
  'X_Request_Id',
  'X_Original_URL',
  'Client_Cert',
  'Content_Length',
  'Transfer_Encoding',
  'Proxy_Authorization',
  'X_User_Id',
  'x-user_id',
  'X_USER-ID',
  'X_Internal',
  'x_internal_key',
]

test('no field with an underscore stands for one that the gateway sets, removes or owns', async (t) => {
  const backend = await startRecorder(t)
  const edits = '{ request: { set: { X-User-Id: u1 }, remove: [x-internal, X-Internal_Key] } }'
  const { port } = await startGateway(
    t,
    `routes: [{ path: /**, to: "${backend.url}", headers: ${edits} }]`,
  )
  for (const name of lookAlikes)
    await t.test(name, async () => {
      const reply = await exchange(
        port,
        `GET / HTTP/1.1\r\nHost: gw.test\r\n${name}: evil\r\nX_Other: kept\r\n\r\n`,
      )
      assert.match(reply, /^HTTP\/1\.1 200 /)
      assert.doesNotMatch(backend.request(), /evil/)
      assert.match(backend.request(), /\r\nx-user-id: u1\r\n/)
      assert.match(backend.request(), /\r\nx_other: kept\r\n/)
    })
})
