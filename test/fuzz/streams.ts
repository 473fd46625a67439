/** Streams of HTTP/1 messages, most of them valid: what an attacker's changes begin with. */

import type { Random } from './random.ts'
import * as words from './words.ts'

const DATA = 'abcde'

export function requestStream(random: Random): string {
  const messages = [requestMessage(random), ...random.some(2, () => requestMessage(random))]
  return messages.join('')
}

export function replyStream(random: Random): string {
  const interim = random.some(1, () => message(random, 'HTTP/1.1 103 Early Hints', [], false))
  const line = `${words.word(random, words.VERSION)} ${words.word(random, words.STATUS)}`
  return interim.join('') + message(random, line, [], true)
}

function requestMessage(random: Random): string {
  const [method, target, version] = [words.METHOD, words.TARGET, words.VERSION].map((kind) =>
    words.word(random, kind),
  )
  return message(random, `${method} ${target} ${version}`, ['Host: a.test'], random.oneIn(2))
}

function message(
  random: Random,
  line: string,
  first: readonly string[],
  mayHaveBody: boolean,
): string {
  const fields = first.concat(random.some(3, () => field(random)))
  let body = ''
  const kind = mayHaveBody ? random.below(5) : 4
  if (kind <= 1) {
    body = DATA
    fields.push(`Content-Length:${words.word(random, words.LENGTH)}`)
  } else if (kind <= 3) {
    body = chunks(random)
    fields.push(`Transfer-Encoding:${words.word(random, words.CODING)}`)
  }
  if (random.oneIn(2)) fields.reverse()
  return [line, ...fields, '', body].join('\r\n')
}

function chunks(random: Random): string {
  const pieces = random.some(3, () => {
    const size = words.word(random, words.SIZE)
    return `${size}${words.word(random, words.EXTENSION)}\r\n${DATA}\r\n`
  })
  const trailers = random.oneIn(3) ? random.some(2, () => `${field(random)}\r\n`) : []
  return `${pieces.join('')}0${words.word(random, words.EXTENSION)}\r\n${trailers.join('')}\r\n`
}

function field(random: Random): string {
  return `${words.word(random, words.NAME)}:${random.pick(['', ' '])}${words.word(random, words.VALUE)}`
}
