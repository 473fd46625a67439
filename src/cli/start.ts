/** `portcullis start`: runs the gateway until it is told to leave. */

import { ConfigRefused } from '#config/config-refused'
import type { ReloadOutcome } from '#control/reload-news'
import { Gateway } from '../gateway.ts'
import { formatComplaint } from '#config/complaint'
import { PortsTaken } from '#control/ports'
import { takeOver } from '#control/take-over'
import { parseArguments } from './arguments.ts'
import { banner } from './banner.ts'
import { type Command, CONFIG_OPTION, type Io, STAGE_OPTION } from './command.ts'
import { findConfig } from './find-config.ts'

/** A second signal, or Ctrl-C on a terminal, does not wait for the world to notice. */
const HURRIED_DEADLINE_MS = 5_000
const STUCK_MS = 1_000

export const startCommand: Command = {
  name: 'start',
  summary: 'Run the gateway',
  usage: '[--config FILE] [--stage NAME] [--take-over]',
  options: {
    config: CONFIG_OPTION,
    stage: STAGE_OPTION,
    'take-over': {
      summary: 'Take the ports over from a gateway that runs, without losing a request',
    },
  },

  async run(args, io) {
    const given = parseArguments(args, this.options)
    const file = findConfig(given.value('config'), io.cwd)
    const takesOver = given.has('take-over')
    const stage = given.value('stage')
    const { env: environment, isTerminal } = io
    const gateway = new Gateway({ file, environment, isTerminal, stage, takesOver })
    try {
      if (takesOver) await takeOver(gateway, (text) => io.err(text))
      else await gateway.start()
    } catch (thrown) {
      sayWhyNot(thrown, io)
      return 1
    }
    for (const warning of gateway.warnings) io.err(`warning: ${formatComplaint(warning)}`)
    io.err(banner(gateway))
    gateway.onReload = (outcome) => sayReload(outcome, io)
    return untilTold(gateway, io)
  },
}

function sayWhyNot(thrown: unknown, io: Io): void {
  if (thrown instanceof ConfigRefused) {
    for (const complaint of thrown.complaints) io.err(formatComplaint(complaint))
    io.err(`not started: ${thrown.message}`)
  } else if (thrown instanceof PortsTaken) {
    io.err(`not started: ${thrown.message}`)
    io.err(
      'choose another with `listen:` in the configuration, end that process, or take over from it with --take-over',
    )
  } else io.err(`not started: ${wordsOf(thrown)}`)
}

function wordsOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const { code, port } = thrown as { code?: unknown; port?: unknown }
  // Those of the listeners were asked before.
  if (code !== 'EADDRINUSE') return thrown.message
  return `port ${String(port)} is in use; choose another with \`admin:\` or \`probes:\` in the configuration`
}

function sayReload(outcome: ReloadOutcome, io: Io): void {
  if (outcome.kind === 'changed') {
    for (const warning of outcome.warnings) io.err(`warning: ${formatComplaint(warning)}`)
    io.err(`reloaded: configuration ${outcome.generation} is in force`)
  } else if (outcome.kind === 'refused') {
    if (outcome.reason instanceof ConfigRefused) {
      for (const complaint of outcome.reason.complaints) io.err(formatComplaint(complaint))
    }
    io.err(`not reloaded, the old configuration stays: ${outcome.reason.message}`)
  }
}

function untilTold(gateway: Gateway, io: Io): Promise<number> {
  return new Promise((resolve) => {
    let leaving = false
    const leave = async (waitMs?: number, deadlineMs?: number): Promise<void> => {
      if (leaving) {
        process.exit(1)
      }
      leaving = true
      io.err('leaving: no new requests are taken once the doors are closed')
      const { cut, isLogWritten } = await gateway.stop(waitMs, deadlineMs)
      io.err(
        cut === 0
          ? 'left: nothing was cut'
          : `left: ${cut} exchange${cut === 1 ? ' was' : 's were'} cut at the deadline`,
      )
      if (!isLogWritten) {
        io.err('left: nobody reads the log any more; what was not read of it is lost')
        // A write that is stuck in the kernel keeps even process.exit from ending.
        setTimeout(() => process.kill(process.pid, 'SIGKILL'), STUCK_MS).unref()
      }
      resolve(0)
    }
    process.on('SIGTERM', () => void leave())
    process.on('SIGINT', () => void leave(0, HURRIED_DEADLINE_MS))
    process.on('SIGHUP', () => void gateway.reload())
    process.on('SIGUSR2', () => gateway.reopenLogs())
  })
}
