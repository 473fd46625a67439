/** What it takes to read a hundred thousand consumers with two keys each, and to find one by a key. */

import { hash } from 'node:crypto'
import { systemClock } from '#base/clock'
import { linesOf } from '#config/consumer-lines'
import { ConsumerDirectory } from '#consumers/directory'
import { DirectoryBuilder } from '#consumers/directory-builder'
import { nanoseconds } from './nanoseconds.ts'

const COUNT = 100_000

const keyOf = (n: number, which: number): string =>
  `pck_${n.toString(16).padStart(8, '0')}_${which}`
let text = ''
for (let n = 0; n < COUNT; n++) {
  const apiKeys = [0, 1].map((which) => `sha256:${hash('sha256', keyOf(n, which))}`)
  text += `${JSON.stringify({ name: `consumer-${n}`, plan: 'gold', groups: ['partners'], apiKeys })}\n`
}

const before = process.memoryUsage.rss()
const startedAt = performance.now()
const builder = new DirectoryBuilder()
for (const { entry } of linesOf(text)) if (typeof entry !== 'string') builder.add(entry)
const memory = builder.build()
const ms = performance.now() - startedAt
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`
console.log(
  `${COUNT} consumers read in ${ms.toFixed(0)} ms, ${mib(memory.byteLength)} kept, ${mib(process.memoryUsage.rss() - before)} more resident`,
)

const directory = new ConsumerDirectory(systemClock)
directory.use(memory)
const keys = Array.from({ length: 1_000 }, (_, n) => keyOf(n * 97, n & 1))
nanoseconds('a key of theirs, its hash taken', (n) =>
  directory.byKey(hash('sha256', keys[n % 1_000]!, 'buffer'), ''),
)
nanoseconds('the hash alone', (n) => hash('sha256', keys[n % 1_000]!, 'buffer'))
nanoseconds('a key of nobody', (n) => directory.byKey(hash('sha256', `no key ${n}`, 'buffer'), ''))
