/** A gateway that asks an auth server about each request, and all three of them at hand. */

import type { TestContext } from 'node:test'
import { answering, type Backend, startBackend } from './backend.ts'
import { startGateway } from './gateway.ts'

export const saying = (head: string, body = '') =>
  `HTTP/1.1 ${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`

export async function startAuthScene(
  t: TestContext,
  answer: string | ((question: string) => string),
  more = '',
  route = '',
  path = '/**',
): Promise<{ auth: Backend; questions: string[]; backend: Backend; port: number }> {
  const questions: string[] = []
  const auth = await startBackend(
    t,
    answering((question) => {
      questions.push(question)
      return typeof answer === 'string' ? answer : answer(question)
    }),
  )
  const backend = await startBackend(t)
  const { port } = await startGateway(
    t,
    `authenticators:\n  ext: { forwardAuth: { url: "${auth.url}/check?from=gw", send: [cookie, authorization], ` +
      `take: [x-user-id, x-groups]${more} } }\n` +
      `routes:\n  - { path: ${path}, to: "${backend.url}", auth: ext${route} }\n`,
  )
  return { auth, questions, backend, port }
}

export const get = (path: string, fields = '') =>
  `GET ${path} HTTP/1.1\r\nHost: gw.test\r\n${fields}\r\n`
