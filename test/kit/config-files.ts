/** Loads a configuration from files that a test writes. */

import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { formatComplaint } from '#config/complaint'
import type { GatewayConfig } from '#config/config'
import { loadConfig, type Loaded, type LoadOptions } from '#config/load'
import { FAKE_KNOWN } from './fake-known.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** By path; the first is the one that is loaded. */
type Files = Readonly<Record<string, string>>

export async function loadFiles(t: TestContext, files: Files, options?: LoadOptions) {
  const folder = await temporaryFolder(t, files)
  const loaded = await loadConfig(join(folder, Object.keys(files)[0]!), FAKE_KNOWN, options)
  const short = (text: string): string => text.replaceAll(`${folder}/`, '')
  return { loaded, folder, short, files: loaded.files.map(short) }
}

export function complaintsOf(loaded: Loaded, short: (text: string) => string = String): string[] {
  return loaded.ok ? [] : loaded.complaints.map((complaint) => short(formatComplaint(complaint)))
}

export async function configOf(t: TestContext, files: Files): Promise<GatewayConfig> {
  const { loaded } = await loadFiles(t, files)
  assert.ok(loaded.ok, complaintsOf(loaded).join('\n'))
  return loaded.config
}
