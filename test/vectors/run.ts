/** `npm run vectors`: runs every adapter of this folder, and prints what held and what fell short. */

import { readdirSync } from 'node:fs'
import { sumOf, vectorFolder, type VectorResult } from './vectors.ts'

const NO_ADAPTER = new Set(['base32.ts', 'run.ts', 'vectors.ts'])

if (vectorFolder === undefined) {
  console.log('There are no vectors: set VECTORS to the folder that holds them.')
} else {
  const results: VectorResult[] = []
  for (const file of adapters()) {
    const adapter = (await import(`./${file}`)) as { readonly run: () => Promise<VectorResult> }
    results.push(await adapter.run())
  }
  // At the end, in one piece: a gateway that is asked for what it refuses has things to say.
  console.log(line('file', 'run', 'held', 'stated', 'fell short', 'not applicable'))
  results.forEach(report)
}

function adapters(): string[] {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts'))
  return files.filter((file) => !NO_ADAPTER.has(file)).toSorted()
}

function report({ file, run, held, stated, fellShort, notApplicable }: VectorResult): void {
  console.log(line(file, run, held, sumOf(stated), fellShort.length, sumOf(notApplicable)))
  for (const [reason, count] of Object.entries(stated))
    console.log(`    stated ${count}: ${reason}`)
  for (const [reason, count] of Object.entries(notApplicable))
    console.log(`    not applicable ${count}: ${reason}`)
  for (const fault of fellShort) console.log(`    fell short: ${fault}`)
  if (fellShort.length > 0) process.exitCode = 1
}

function line(file: string, ...counts: readonly (string | number)[]): string {
  return file.padEnd(24) + counts.map((count) => String(count).padStart(15)).join('')
}
