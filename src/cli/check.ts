/** `portcullis check`: every complaint about a configuration, and every warning. */

import { type Complaint, formatComplaint } from '#config/complaint'
import { parseArguments } from './arguments.ts'
import { type Command, CONFIG_OPTION, type Io, STAGE_OPTION } from './command.ts'
import { findConfig } from './find-config.ts'
import { type LoadKnown, type Read, readConfig } from '#config/read'

export const checkCommand = (loadKnown: LoadKnown): Command => ({
  name: 'check',
  summary: 'Validate a configuration: all errors at once',
  usage: '[--config FILE] [--stage NAME] [--no-secrets] [--json]',
  options: {
    config: CONFIG_OPTION,
    stage: STAGE_OPTION,
    'no-secrets': { summary: 'Leave ${env:…} and ${file:…} open, where they are not at hand' },
    json: { summary: 'Print the outcome as JSON' },
  },

  async run(args, io) {
    const given = parseArguments(args, this.options)
    const file = findConfig(given.value('config'), io.cwd)
    const read = await readConfig(file, loadKnown, {
      secrets: given.has('no-secrets') ? 'skip' : 'resolve',
      environment: io.env,
      stage: given.value('stage'),
    })
    if (given.has('json')) io.out(asJson(read))
    else printForPeople(read, io)
    return read.ok ? 0 : 1
  },
})

function asJson(read: Read): string {
  const { ok, warnings } = read
  const complaints = read.ok ? [] : read.complaints
  return JSON.stringify({ ok, complaints, warnings }, undefined, 2)
}

function printForPeople(read: Read, io: Io): void {
  const complaints = read.ok ? [] : read.complaints
  for (const complaint of complaints) io.out(showComplaint(complaint, io.cwd))
  for (const warning of read.warnings) {
    io.out(showComplaint({ ...warning, message: `warning: ${warning.message}` }, io.cwd))
  }
  const warnings = count(read.warnings.length, 'warning')
  if (!read.ok) {
    io.out(`refused: ${count(complaints.length, 'complaint')}, ${warnings}`)
    return
  }
  const { routes, services } = read.config
  const routeCount = count(routes.length, 'route')
  io.out(`ok: ${routeCount}, ${count(Object.keys(services).length, 'service')}, ${warnings}`)
}

/** With paths as seen from `cwd`. */
export function showComplaint(complaint: Complaint, cwd: string): string {
  return formatComplaint(complaint).replaceAll(`${cwd}/`, '')
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
