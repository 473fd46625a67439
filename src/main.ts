#!/usr/bin/env node
/** The process: the command line on this machine's standard streams. */

import { COMMANDS } from '#cli/index'
import { PROCESS_NAME } from '#control/take-over'
import { runCli } from '#cli/run'

process.title = PROCESS_NAME
// A reader that has had enough, such as `head`, is no failure of ours.
process.stdout.on('error', () => {})

process.exitCode = await runCli(process.argv.slice(2), COMMANDS, {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  cwd: process.cwd(),
  env: process.env,
  isTerminal: process.stdout.isTTY,
})
