/** `portcullis key create|hash`: keys for consumers, and what the configuration keeps of them. */

import { hashKey, hashPassword, makeKey } from '#consumers/keys'
import { parseArguments } from './arguments.ts'
import { type Command, type Io, UsageError } from './command.ts'

/** Fewer could be tried one after another (128 bits, six a character). */
const MIN_KEY_CHARACTERS = 22
const MIN_PASSWORD_CHARACTERS = 8

export const keyCommand: Command = {
  name: 'key',
  summary: 'Make a key for a consumer, or the hash of one that there is',
  usage: 'create [--prefix WORD] | hash [KEY] [--password]   (without KEY: from standard input)',
  options: {
    prefix: { value: 'WORD', summary: 'create: what the key begins with; else pck' },
    password: { summary: 'hash: of a password that a person thought of, for `basic`' },
  },

  async run(args, io) {
    const given = parseArguments(args, this.options, ['create or hash', '[KEY]'])
    const [action] = given.operands
    if (action === 'create') return create(given.value('prefix') ?? 'pck', io)
    if (action === 'hash') return hash(given.operands[1], given.has('password'), io)
    throw new UsageError('expected create or hash')
  },
}

function create(prefix: string, io: Io): number {
  if (!/^[a-z]{2,8}$/.test(prefix))
    throw new UsageError('--prefix: expected 2 to 8 letters in lower case')
  const { key, hash: kept } = makeKey(prefix)
  io.out(`key   ${key}`)
  io.out(`hash  ${kept}`)
  io.err('The key is for the consumer, and shown this once. The hash is for apiKeys in the file.')
  return 0
}

async function hash(given: string | undefined, isPassword: boolean, io: Io): Promise<number> {
  const what = isPassword ? 'a password' : 'a key'
  const [text = ''] = (given ?? (await io.input(isPassword ? 'password' : 'key'))).split(/\r?\n/)
  if (text === '' || (!isPassword && !/^[!-~]+$/.test(text))) {
    io.err(`portcullis key hash: expected ${what} of visible ASCII characters, without spaces`)
    return 1
  }
  const least = isPassword ? MIN_PASSWORD_CHARACTERS : MIN_KEY_CHARACTERS
  if (text.length < least)
    io.err(`${what} of ${text.length} characters can be guessed: take ${least} or more, at random`)
  io.out(isPassword ? hashPassword(text) : hashKey(text))
  return 0
}
