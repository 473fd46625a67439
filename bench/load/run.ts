/** The program behind `npm run bench`: this gateway beside others, as a table and as JSON. */

import { writeFileSync } from 'node:fs'
import { arch, cpus, release } from 'node:os'
import { GATEWAY_CORES, LOAD_CORES } from './child.ts'
import { compete } from './contest.ts'
import { HELP, readOptions, type Options } from './options.ts'
import { startOrigin } from './origin.ts'
import { present, runProgram } from './entry.ts'
import { provideH2load } from './h2load.ts'
import { figuresOf, table, type Measured } from './report.ts'
import { YARDSTICK } from './rivals/index.ts'
import { Testbed } from './testbed.ts'

await runProgram(async () => {
  const options = readOptions(process.argv.slice(2))
  if (options === undefined) console.log(HELP)
  else await bench(options)
})

async function bench(options: Options): Promise<void> {
  const entrants = present(options.only).filter(
    ({ canSecure, canGuard }) =>
      (canSecure || !options.scenario.isSecure) && (canGuard || !options.scenario.guard),
  )
  if (options.scenario.isHttp2) provideH2load()
  const testbed = new Testbed()
  try {
    const originPort = await startOrigin(testbed)
    const all = await compete(testbed, entrants, originPort, options, console.error)
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
