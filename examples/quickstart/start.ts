/** `npm start`: two services and the gateway before them; with arguments, the gateway alone with those. */

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const given = process.argv.slice(2)
const services: ChildProcess[] = []
if (given.length === 0) {
  process.env['ORDERS_PORT'] = await startService('orders.ts')
  process.env['USERS_PORT'] = await startService('users.ts')
  given.push('--config', join(import.meta.dirname, 'portcullis.yaml'))
}
process.argv.splice(2, Infinity, 'start', ...given)
await import('../../src/main.ts')
if (process.exitCode !== 0 && services.length > 0)
  process.stderr.write('another port for the quickstart: PORT=8081 npm start\n')
for (const service of services) if (service.connected) service.disconnect()

async function startService(file: string): Promise<string> {
  const service = fork(join(import.meta.dirname, file))
  services.push(service)
  const [port] = (await once(service, 'message')) as [number]
  return String(port)
}
