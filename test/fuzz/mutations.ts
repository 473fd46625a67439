/** Small changes to a stream of messages, of the kinds that have made two parsers disagree. */

import type { Random } from './random.ts'

const LINE_ENDS = [
  '\n',
  '\r',
  '\r\r\n',
  '\n\r\n',
  '\r\n\r\n',
  '\r\n ',
  '\r\n\t',
  ' \r\n',
  '\0\r\n',
  '\r\n\n',
  '\x0b',
  '',
]
const TOKENS = [
  '\r\n',
  '\n',
  '\r',
  ' ',
  '\t',
  '\0',
  ':',
  ';',
  ',',
  '"',
  '\\',
  '\x0b',
  '\x7f',
  '\xa0',
  '\xff',
  '0',
  '5',
  'A',
  '0\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: e.x\r\n\r\n',
  'Content-Length: 5\r\n',
  'Content-Length: 0\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Connection: close\r\n',
  'Transfer-Encoding:',
  'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
]

type Mutation = (text: string, random: Random) => string

const flipBit: Mutation = (text, random) => {
  const at = random.below(text.length)
  const code = text.charCodeAt(at) ^ (1 << random.below(8))
  return text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1)
}

const insert: Mutation = (text, random) => {
  const at = random.below(text.length + 1)
  return text.slice(0, at) + random.pick(TOKENS) + text.slice(at)
}

const replace: Mutation = (text, random) => {
  const at = random.below(text.length)
  return text.slice(0, at) + random.pick(TOKENS) + text.slice(at + 1)
}

const remove: Mutation = (text, random) => {
  const at = random.below(text.length)
  return text.slice(0, at) + text.slice(at + 1 + random.below(random.oneIn(4) ? 40 : 3))
}

const repeat: Mutation = (text, random) => {
  const at = random.below(text.length)
  const end = at + 1 + random.below(60)
  return text.slice(0, end) + text.slice(at, end) + text.slice(end)
}

const splice: Mutation = (text, random) => {
  const [from, to] = [random.below(text.length), random.below(text.length)]
  return text.slice(0, to) + text.slice(from, from + random.below(60)) + text.slice(to)
}

const changeLineEnd: Mutation = (text, random) => {
  const lines = text.split('\r\n')
  const at = 1 + random.below(Math.max(1, lines.length - 1))
  return lines.slice(0, at).join('\r\n') + random.pick(LINE_ENDS) + lines.slice(at).join('\r\n')
}

const repeatLine: Mutation = (text, random) => {
  const lines = text.split('\r\n')
  const line = random.pick(lines)
  lines.splice(random.below(lines.length + 1), 0, line)
  return lines.join('\r\n')
}

const cut: Mutation = (text, random) => text.slice(0, random.below(text.length + 1))

const MUTATIONS = [
  flipBit,
  insert,
  insert,
  replace,
  remove,
  repeat,
  splice,
  changeLineEnd,
  changeLineEnd,
  repeatLine,
  repeatLine,
  cut,
]

/** Often none at all: what is valid must be accepted with the same meaning, too. */
export function mutated(text: string, random: Random): string {
  const count = random.pick([0, 0, 1, 1, 1, 2, 3])
  for (let n = 0; n < count && text !== ''; n++) text = random.pick(MUTATIONS)(text, random)
  return text
}
