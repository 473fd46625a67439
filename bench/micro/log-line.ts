/** What a line of the access log costs: making it, and gathering it with others. */

import { accessLine } from '#telemetry/access-log'
import { jsonString } from '#telemetry/json'
import { LineRing } from '#telemetry/line-ring'
import { nanoseconds } from './nanoseconds.ts'

const record = {
  time: '2026-07-14T08:12:31.123Z',
  requestId: '4bf92f3577b34da6a3ce929d0e0e4736',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  client: '198.51.100.7',
  protocol: 'http/1.1',
  method: 'GET',
  host: 'api.shop.example',
  path: '/v1/orders/4711/items',
  route: 'orders',
  stage: '',
  api: '',
  version: '',
  consumer: '',
  credential: '',
  shadowed: '',
  service: 'orders',
  target: 'http://10.0.0.5:3000',
  attempts: 1,
  status: 200,
  complete: true,
  bytesIn: 0,
  bytesOut: 1_024,
  durationMs: 1.234_567,
  serviceMs: 0.987_654,
  fault: '',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Safari/537.36',
}

const ring = new LineRing(LineRing.memory(1_048_576))

nanoseconds('JSON string, plain', () => jsonString(record.userAgent))
nanoseconds('JSON string to escape', () => jsonString('/caf\xe9/"quoted"'))
nanoseconds('line', (call) => accessLine({ ...record, durationMs: call / 7 }).length)
nanoseconds('line, into the ring', (call) => {
  if (ring.add(accessLine({ ...record, durationMs: call / 7 }))) return
  ring.take()
  ring.release()
})
