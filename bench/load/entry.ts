/** What the entry points have in common: where they run, how they fail, whom they can measure. */

import { oneOf } from './options.ts'
import { isPresent, provide } from './packages.ts'
import { rivals } from './rivals/index.ts'
import type { Rival } from './rivals/rival.ts'

/** Runs in the repository's root; an error becomes one line and the exit code 1. */
export async function runProgram(work: () => Promise<void>): Promise<void> {
  process.chdir(`${import.meta.dirname}/../..`)
  try {
    await work()
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}

/** Those of that name that are on this machine, installed first where possible; a line for each left out. */
export function present(names: readonly string[]): Rival[] {
  const known = new Set(
    names.map((name) =>
      oneOf(
        rivals.map((rival) => rival.name),
        name,
      ),
    ),
  )
  const chosen = rivals.filter(({ name }) => known.has(name))
  provide([
    'wrk',
    'nginx',
    ...chosen.flatMap(({ needs }) => ('command' in needs ? needs.command : [])),
  ])
  return chosen.filter((rival) => {
    const here = isPresent(rival)
    if (!here) console.error(`left out, not on this machine: ${rival.name}`)
    return here
  })
}
