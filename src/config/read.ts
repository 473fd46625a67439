/** A configuration file with the plugins it names: what every command that reads one needs. */

import { resolve } from 'node:path'
import { type Known, PluginRefused } from './known.ts'
import { loadConfig, type Loaded, type LoadOptions, readPluginList } from './load.ts'
import { ParseCache } from './parse-cache.ts'

/** Everything that is built in, and what these files bring. Fails when one cannot be loaded. */
export type LoadKnown = (plugins: readonly string[]) => Promise<Known>

export type Read = Loaded & { readonly known: Known }

export async function readConfig(
  file: string,
  loadKnown: LoadKnown,
  options: LoadOptions = {},
): Promise<Read> {
  const cache = options.cache ?? new ParseCache()
  const named = await readPluginList(file, cache)
  const plugins = named.map(({ path }) => path)
  let known: Known
  try {
    known = await loadKnown(plugins)
  } catch (error) {
    const refused = error instanceof PluginRefused ? error.file : undefined
    const place = named.find(({ path }) => path === refused)?.place ?? named[0]!.place
    return {
      ok: false,
      known: { filters: [], endpoints: [], stores: [], authenticators: [] },
      warnings: [],
      complaints: [{ ...place, message: wordsOf(error) }],
      files: [resolve(file), ...plugins],
    }
  }
  const loaded = await loadConfig(file, known, { ...options, cache })
  return { ...loaded, known, files: [...loaded.files, ...plugins] }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message}: ${wordsOf(error.cause)}`
}
