/** `portcullis init`: a first configuration, to be changed by hand. */

import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArguments } from './arguments.ts'
import { type Command, UsageError } from './command.ts'
import { CONFIG_NAMES } from './find-config.ts'

const [DEFAULT_NAME] = CONFIG_NAMES

export const initCommand: Command = {
  name: 'init',
  summary: 'Write a first portcullis.yaml',
  usage: '[--config FILE]',
  options: {
    config: { value: 'FILE', short: 'c', summary: `Write this file; else ${DEFAULT_NAME}` },
  },

  async run(args, io) {
    const named = parseArguments(args, this.options).value('config')
    const taken = [named ?? CONFIG_NAMES].flat().find((name) => existsSync(resolve(io.cwd, name)))
    if (taken !== undefined) {
      throw new UsageError(
        `${taken} is already there; move it, or write another with --config FILE`,
      )
    }
    const name = named ?? DEFAULT_NAME
    await writeFile(resolve(io.cwd, name), FIRST_FILE, { flag: 'wx' })
    const option = named === undefined ? '' : ` --config ${named}`
    io.out(
      [
        `Wrote ${name}. What next:`,
        `  edit it              put your own service where it says http://127.0.0.1:3001`,
        `  portcullis check${option}     is it right?`,
        `  portcullis start${option}     run it; it reloads when the file changes`,
        `  curl http://127.0.0.1:8080/ping`,
      ].join('\n'),
    )
    return 0
  },
}

/** Kept within what any build knows: listeners, services, `to` and `respond`. */
const FIRST_FILE = `# Portcullis: what clients may ask, and who answers.
# Editor completion: portcullis schema > portcullis.schema.json
# yaml-language-server: $schema=./portcullis.schema.json

# Where clients arrive. 127.0.0.1:8080 would let in this machine alone.
listen: 8080

# Where requests go. A service with several targets shares the work among them.
services:
  orders:
    targets:
      - http://127.0.0.1:3001
    timeout: { response: 10s }

# Who gets what. The most specific path wins; the order of routes never matters.
routes:
  - path: /orders/**            # /orders, /orders/ and all below
    to: orders

  - path: /ping                 # answered here, without a service
    respond: { status: 200, body: pong }
`
