/** The command line: picks the command, prints help, turns wrong use into exit code 2. */

import { nearest } from '#base/nearest'
import { type Command, type Io, UsageError } from './command.ts'
import { packageVersion } from './version.ts'

export async function runCli(
  args: readonly string[],
  commands: readonly Command[],
  io: Io,
): Promise<number> {
  const [word, ...rest] = args
  const find = (name: string | undefined) => commands.find((command) => command.name === name)
  if (word === undefined || word === '--help' || word === '-h' || word === 'help') {
    const topic = find(rest[0])
    io.out(topic ? helpOf(topic) : helpOfAll(commands))
    return 0
  }
  if (word === '--version') {
    io.out(packageVersion())
    return 0
  }
  const command = find(word)
  if (!command) {
    const names = commands.map(({ name }) => name)
    const meant = nearest(word, names)
    const advice = meant ? `did you mean ${meant}?` : `there are ${names.join(', ')}`
    io.err(`portcullis: unknown command ${JSON.stringify(word)}; ${advice}`)
    return 2
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    io.out(helpOf(command))
    return 0
  }
  try {
    return await command.run(rest, io)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(`portcullis ${command.name}: ${error.message}\n${usageOf(command)}`)
    return 2
  }
}

function helpOfAll(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  return [
    'Portcullis, an API gateway in one process and one file.',
    '',
    'usage: portcullis COMMAND …',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'portcullis COMMAND --help tells more. portcullis --version prints the version.',
  ].join('\n')
}

function helpOf(command: Command): string {
  const rows = Object.entries(command.options).map(([name, { value, short, summary }]) => {
    const names = `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`
    return { names, summary }
  })
  const width = Math.max(0, ...rows.map(({ names }) => names.length))
  const options = rows.map(({ names, summary }) => `  ${names.padEnd(width)}  ${summary}`)
  return [command.summary, '', usageOf(command), ...(rows.length > 0 ? ['', ...options] : [])].join(
    '\n',
  )
}

function usageOf({ name, usage }: Command): string {
  return `usage: portcullis ${name} ${usage}`.trimEnd()
}
