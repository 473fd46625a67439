/** Runs every micro benchmark of this folder, one after the other, each in a process of its own. */

import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'

const NO_BENCHMARK = new Set(['run.ts', 'nanoseconds.ts'])

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts'))
const chosen = process.argv.slice(2)

for (const file of files.filter((name) => !NO_BENCHMARK.has(name)).toSorted()) {
  if (chosen.length > 0 && !chosen.includes(file.replace('.ts', ''))) continue
  console.log(`\n${file}`)
  const run = [...process.execArgv, `${import.meta.dirname}/${file}`]
  const { status } = spawnSync(process.execPath, run, { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
