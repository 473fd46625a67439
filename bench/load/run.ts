/** The program behind `npm run bench`: this gateway beside others, as a table and as JSON. */

import { writeFileSync } from 'node:fs'
import { arch, cpus, release } from 'node:os'
import { GATEWAY_CORES, LOAD_CORES } from './child.ts'
import { compete } from './contest.ts'
import { HELP, readOptions, type Options } from './options.ts'
import { startOrigin } from './origin.ts'
import { isPresent, provide } from './programs.ts'
import { figuresOf, table, type Measured } from './report.ts'
import { rivals, YARDSTICK } from './rivals/index.ts'
import { Testbed } from './testbed.ts'

const say = (line: string) => console.error(line)

try {
  const options = readOptions(process.argv.slice(2))
  process.chdir(`${import.meta.dirname}/../..`)
  if (options === undefined) console.log(HELP)
  else await bench(options)
} catch (error) {
  say((error as Error).message)
  process.exitCode = 1
}

async function bench(options: Options): Promise<void> {
  const chosen = rivals.filter(({ name }) => options.only.includes(name))
  provide([
    'wrk',
    'nginx',
    ...chosen.flatMap(({ needs }) => ('command' in needs ? needs.command : [])),
  ])
  const present = chosen.filter(isPresent)
  for (const { name } of chosen.filter((rival) => !present.includes(rival))) {
    say(`left out, not on this machine: ${name}`)
  }
  const testbed = new Testbed()
  try {
    const originPort = await startOrigin(testbed)
    const all = await compete(testbed, present, originPort, options, say)
    show(options, all)
  } finally {
    await testbed.close()
  }
}

function show(options: Options, all: readonly Measured[]): void {
  const { scenarioName, rounds, seconds, connections, jsonFile } = options
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', arch: arch(), kernel: release() }
  const shape = `${connections} connections, median of ${rounds} rounds of ${seconds} s`
  console.log(
    `\n${scenarioName}, ${shape}, gateway on core ${GATEWAY_CORES}, load on ${LOAD_CORES}`,
  )
  console.log(`${machine.cpu}, Linux ${machine.kernel}, Node ${process.version}\n`)
  console.log(table(all, YARDSTICK))
  if (jsonFile !== undefined) {
    const yardstick = all.find(({ name }) => name === YARDSTICK)
    const results = all.map((one) => ({ ...one, figures: figuresOf(one, yardstick) }))
    const run = { scenario: scenarioName, rounds, seconds, connections }
    writeFileSync(jsonFile, `${JSON.stringify({ machine, run, results }, undefined, 2)}\n`)
  }
  if (all.some(({ failures }) => failures.length > 0)) process.exitCode = 1
}
