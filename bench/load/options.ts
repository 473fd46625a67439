/** The command line of the load benchmark. */

import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { rivals } from './rivals/index.ts'
import { scenarios, type Scenario } from './scenarios.ts'

export interface Options {
  scenarioName: string
  scenario: Scenario
  rounds: number
  seconds: number
  warmUpSeconds: number
  connections: number
  /** Names of rivals, at least one. */
  only: string[]
  jsonFile: string | undefined
}

const NAMES = rivals.map(({ name }) => name)

export const HELP = `Measures this gateway beside others: same origin, same load, one core each for the gateway and for the load.

  npm run bench -- [options]

  --scenario NAME     ${Object.keys(scenarios).join(' | ')} (default proxy-1k)
  --rounds N          rounds, each with every gateway in turn; the figure is their median (default 3)
  --seconds N         length of a round (default 5)
  --warm-up N         seconds of load before the first round (default 5)
  --connections N     keep-alive connections of the load (default 64)
  --only NAME,NAME    ${NAMES.join(', ')}
  --json FILE         also write everything that was measured there
`

/** Throws an error whose message is for the person at the terminal; undefined when they asked for help. */
export function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      scenario: { type: 'string', default: 'proxy-1k' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      'warm-up': { type: 'string', default: '5' },
      connections: { type: 'string', default: '64' },
      only: { type: 'string', default: NAMES.join(',') },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const scenario = scenarios[oneOf(Object.keys(scenarios), values.scenario)]
  if (scenario === undefined) throw new Error(`no scenario ${values.scenario}`)
  return {
    scenarioName: values.scenario,
    scenario,
    rounds: count('rounds', values.rounds),
    seconds: count('seconds', values.seconds),
    warmUpSeconds: count('warm-up', values['warm-up']),
    connections: count('connections', values.connections),
    only: values.only.split(',').map((name) => oneOf(NAMES, name.trim())),
    jsonFile: values.json === undefined ? undefined : resolve(values.json),
  }
}

export function count(option: string, text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`--${option} ${text}: expected a number from 1`)
  return Number(text)
}

export function oneOf(names: readonly string[], name: string): string {
  if (names.includes(name)) return name
  throw new Error(`${name || 'nothing'}: expected one of ${names.join(', ')}`)
}
