/** The Node proxies that people use, each a small program beside this file. */

import type { Rival } from './rival.ts'

export const nodeProxies: readonly Rival[] = [
  nodeProxy('http-proxy-3', 'none'),
  nodeProxy('fastify-http-proxy', 'none', '@fastify/http-proxy'),
]

function nodeProxy(name: string, features: string, module = name): Rival {
  const manifest = `node_modules/${module}/package.json`
  return {
    name,
    features,
    needs: { file: manifest },
    version: [process.execPath, '-p', `require("./${manifest}").version`],
    launch: ({ port, originPort }) => ({
      argv: [process.execPath, `bench/load/rivals/${name}.ts`, String(port), String(originPort)],
      files: {},
    }),
  }
}
