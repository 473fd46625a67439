#!/usr/bin/env node
/** The process: the command line on this machine's standard streams. */

const OLDEST_NODE = 24

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  process.stderr.write(
    `portcullis needs Node ${OLDEST_NODE} or newer; this is ${process.version} (npm install node@${OLDEST_NODE} puts one beside it)\n`,
  )
  process.exit(1)
}

// Not before: an older Node does not even load them.
const { COMMANDS } = await import('#cli/index')
const { runCli } = await import('#cli/run')
const { PROCESS_NAME } = await import('#control/take-over')

process.title = PROCESS_NAME
// A reader that has had enough, such as `head`, is no failure of ours.
process.stdout.on('error', () => {})

process.exitCode = await runCli(process.argv.slice(2), COMMANDS, {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  input: async (word) => {
    if (process.stdin.isTTY) process.stderr.write(`${word}: `)
    let text = ''
    for await (const piece of process.stdin.setEncoding('utf8')) {
      text += piece
      if (process.stdin.isTTY && text.includes('\n')) break
    }
    return text
  },
  cwd: process.cwd(),
  env: process.env,
  isTerminal: process.stdout.isTTY,
})
