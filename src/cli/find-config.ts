/** Which configuration is meant: the one that was named, else the one in this folder. */

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from './command.ts'

export const CONFIG_NAMES = [
  'portcullis.yaml',
  'portcullis.yml',
  'portcullis.json',
  'portcullis.config.ts',
] as const

/** An absolute path. Fails with a UsageError when there is none, or more than one to choose from. */
export function findConfig(named: string | undefined, cwd: string): string {
  if (named !== undefined) {
    const file = resolve(cwd, named)
    if (existsSync(file)) return file
    throw new UsageError(`there is no file ${named}`)
  }
  const found = CONFIG_NAMES.filter((name) => existsSync(resolve(cwd, name)))
  if (found.length > 1) {
    throw new UsageError(`found ${found.join(' and ')}; say which one with --config FILE`)
  }
  if (found[0] !== undefined) return resolve(cwd, found[0])
  throw new UsageError(
    `no configuration here (looked for ${CONFIG_NAMES.join(', ')}); ` +
      'name one with --config FILE, or write a first one with: portcullis init',
  )
}
