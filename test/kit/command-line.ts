/** Runs a command line in a folder, without a process. */

import { CONFIG_NAMES } from '#cli/find-config'
import { checkCommand } from '#cli/check'
import type { Command } from '#cli/command'
import { explainCommand } from '#cli/explain'
import { initCommand } from '#cli/init'
import { runCli } from '#cli/run'
import { keyCommand } from '#cli/key'
import { schemaCommand } from '#cli/schema'
import { PluginRefused } from '#config/known'
import { FAKE_KNOWN } from './fake-known.ts'

const loadFakes = async (plugins: readonly string[]) => {
  if (plugins.length > 0) throw new PluginRefused(plugins[0]!, 'cannot be loaded')
  return FAKE_KNOWN
}

const COMMANDS: readonly Command[] = [
  checkCommand(loadFakes),
  explainCommand(loadFakes),
  initCommand,
  schemaCommand(loadFakes),
  keyCommand,
]

export const DEFAULT_CONFIG = CONFIG_NAMES[0]

export async function commandLine(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = []
  const err: string[] = []
  const code = await runCli(args, COMMANDS, {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    input: async () => input,
    cwd,
    env,
    isTerminal: false,
  })
  return { code, out: out.join('\n'), err: err.join('\n') }
}
