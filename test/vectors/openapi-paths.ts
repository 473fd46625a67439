/** Operations of real APIs: each concrete path must find the template it was made from. */

import { HeaderList } from '#http/header-list'
import { normalizePath } from '#http/path'
import { createRouterBuilder } from '#routing/router-builder'
import { readVectors, Tally, type VectorResult } from './vectors.ts'

const FILE = 'openapi-paths.json'

type Operation = readonly [method: string, template: string, path: string]

export function run(): Promise<VectorResult> {
  const tally = new Tally(FILE)
  const apis = readVectors(FILE) as Readonly<Record<string, readonly Operation[]>>
  for (const [api, operations] of Object.entries(apis)) {
    const route = routerOf(operations)
    for (const operation of operations) {
      const fault = route(operation)
      tally.note(fault && `${api}: ${operation.join(' ')}: ${fault}`)
    }
  }
  return Promise.resolve(tally.result())
}

/** Says what is wrong when an operation does not find itself. */
function routerOf(operations: readonly Operation[]) {
  const builder = createRouterBuilder<string>()
  const problems = new Map<string, string>()
  for (const [method, template] of operations) {
    const name = `${method} ${template}`
    const [problem] = builder.add({ name, path: template, methods: [method] }, name)
    if (problem !== undefined) problems.set(name, `${problem.found}: expected ${problem.expected}`)
  }
  const router = builder.build()
  const [host, query, listener, headers] = ['api.test', '', 'main', new HeaderList()]

  return ([method, template, raw]: Operation): string | undefined => {
    const name = `${method} ${template}`
    const path = normalizePath(raw)
    if (problems.has(name)) return problems.get(name)
    if (path === undefined) return 'the path was refused'
    const match = router.match({ method, host, path, query, headers, listener })
    return match.route === name ? undefined : `went to ${match.route ?? match.fault}`
  }
}
