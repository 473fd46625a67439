/** What finding a route costs, with 10, 1,000 and 10,000 of them. */

import { HeaderList } from '#http/header-list'
import { createRouterBuilder } from '#routing/router-builder'
import { nanoseconds } from './nanoseconds.ts'

const headers = new HeaderList(['host', 'api.shop.example', 'accept', '*/*'])

for (const count of [10, 1_000, 10_000]) {
  const builder = createRouterBuilder<number>()
  const startedAt = performance.now()
  for (let n = 0; n < count; n++) {
    const ends = ['', '/items/{id}', '/{id:[0-9]+}/lines', '/files/**'] as const
    builder.add({ name: `r${n}`, path: `/v1/team${n % 97}/resource-${n}${ends[n % 4]!}` }, n)
  }
  const router = builder.build()
  console.log(
    `${(performance.now() - startedAt).toFixed(0).padStart(7)} ms  to build ${count} routes`,
  )
  const inputs = Array.from({ length: 1_024 }, (_, call) => {
    const n = (call * 7_919) % count
    const ends = ['', '/items/a1b2c3', '/4711/lines', '/files/a/b.txt'] as const
    const path = `/v1/team${n % 97}/resource-${n}${ends[n % 4]!}`
    return { method: 'GET', host: 'api.shop.example', path, query: '', headers, listener: 'public' }
  })
  const literal = inputs.filter(({ path }) => /resource-\d+$/.test(path))
  nanoseconds(`match among ${count} routes`, (call) => router.match(inputs[call & 1_023]!))
  nanoseconds(`literal path among ${count}`, (call) =>
    router.match(literal[call % literal.length]!),
  )
}
