/** A program: http-proxy-3 with connections kept open. Arguments: its port, the origin's port. */

import { Agent } from 'node:http'
import { createProxyServer } from 'http-proxy-3'

const [port, originPort] = process.argv.slice(2).map(Number)

createProxyServer({
  target: `http://127.0.0.1:${originPort}`,
  agent: new Agent({ keepAlive: true, maxFreeSockets: 1024 }),
}).listen(port ?? 0, '127.0.0.1')

// An orderly end: a CPU profile is written by a process that exits, not by one that is killed.
process.on('SIGTERM', () => process.exit())
