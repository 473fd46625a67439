/** A program: @fastify/http-proxy on undici. Arguments: its port, the origin's port. */

import proxy from '@fastify/http-proxy'
import fastify from 'fastify'

const [port, originPort] = process.argv.slice(2).map(Number)

const server = fastify()
await server.register(proxy, {
  upstream: `http://127.0.0.1:${originPort}`,
  undici: { connections: 1024, pipelining: 1 },
})
await server.listen({ port: port ?? 0, host: '127.0.0.1' })

// An orderly end: a CPU profile is written by a process that exits, not by one that is killed.
process.on('SIGTERM', () => process.exit())
