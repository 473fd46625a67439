/** The commands there are. */

import { loadKnown } from '#compile/plugins'
import { checkCommand } from './check.ts'
import type { Command } from './command.ts'
import { explainCommand } from './explain.ts'
import { initCommand } from './init.ts'
import { keyCommand } from './key.ts'
import { schemaCommand } from './schema.ts'
import { startCommand } from './start.ts'

export const COMMANDS: readonly Command[] = [
  startCommand,
  checkCommand(loadKnown),
  explainCommand(loadKnown),
  initCommand,
  schemaCommand(loadKnown),
  keyCommand,
]
