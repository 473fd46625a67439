/** Streams of HTTP/1 messages, most of them valid: what an attacker's mutations begin with. */

import type { Random } from './random.ts'

const METHODS = [
  'GET',
  'GET',
  'POST',
  'POST',
  'PUT',
  'HEAD',
  'DELETE',
  'OPTIONS',
  'PURGE',
  'get',
  'G3T',
  '',
]
const TARGETS = [
  '/',
  '/a',
  '/a?b=c&d',
  '/a%20b',
  '/?',
  '*',
  'http://a.test/b',
  'http://a.test',
  '/a b',
  '/\xe9',
  '/a#b',
  '//a',
  'a',
  '/<>"\\^`{|}',
  '/~',
]
const VERSIONS = [
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/1.2',
  'HTTP/2.0',
  'http/1.1',
  'HTTP/1.10',
  'HTTP/1,1',
]
const STATUS = [
  '200 OK',
  '200 OK',
  '200 OK',
  '404 Not Found',
  '204 No Content',
  '304 Not Modified',
  '100 Continue',
  '103 Early Hints',
  '200',
  '200 ',
  '999 x',
  '20 OK',
  '2000 OK',
  '099 x',
  '200  \xe9\tok',
]
const NAMES = [
  'X-A',
  'x-b',
  'Accept',
  'Cookie',
  'Set-Cookie',
  'Connection',
  'Keep-Alive',
  'TE',
  'Trailer',
  'Upgrade',
  'Expect',
  'Content-Type',
  'X_A',
  'Transfer_Encoding',
  'X-Forwarded-For',
  'Proxy-Connection',
  '__proto__',
  "!#$%&'*+-.^_`|~",
  'Content-Length ',
  'Content-LengthX',
  'A b',
  'é',
  '',
]
const VALUES = [
  '1',
  '',
  ' ',
  'a, b',
  'a:b',
  'close',
  'keep-alive',
  'upgrade',
  'x-a, X-B',
  'websocket',
  '100-continue',
  '\xff\x80',
  'a\tb',
  ' a ',
  '\t1\t',
  'trailers',
  'chunked',
  '5',
  '"a\\"b"',
  'a\x0bb',
]
const LENGTHS = [
  '',
  '0',
  '5',
  '5',
  '+5',
  '-5',
  '5 ',
  '05',
  '5, 5',
  '5,',
  '0x5',
  '5.0',
  '5_',
  '99999999999999999999',
  '\x0b5',
  '5\xa0',
]
const CODINGS = [
  'chunked',
  'chunked',
  'Chunked',
  'chunked ',
  '\tchunked',
  'identity',
  'gzip, chunked',
  'chunked, chunked',
  'chunked, gzip',
  'xchunked',
  'chunkedx',
  'chunked;a=b',
  '"chunked"',
  'chunked,',
  ',chunked',
  '',
  '\x0bchunked',
  'chunked\xa0',
]
const SIZES = [
  '0',
  '5',
  '5',
  '005',
  'A',
  'a',
  '1f',
  '0x5',
  '-5',
  '+5',
  ' 5',
  '5 ',
  '5\t',
  'FFFFFFFFFFFFFFFF5',
  '100000000000000000',
  '',
  'g',
  '5h',
]
const EXTENSIONS = [
  '',
  '',
  '',
  '',
  ';a',
  ';a=b',
  ';a="b c"',
  ';a="b\\"c"',
  ';',
  ';;',
  ' ;a',
  '; a',
  ';a=',
  ';a="',
  ';a=b c',
  ';a\x01',
  ';\xe9',
]

const LINE_END = '\r\n'

export function requestStream(random: Random): string {
  return [requestMessage(random), ...random.some(2, () => requestMessage(random))].join('')
}

export function replyStream(random: Random): string {
  const version = random.pick(VERSIONS)
  const interim = random.some(
    1,
    () => `HTTP/1.1 ${random.pick(['100 Continue', '103 Early Hints'])}\r\nLink: a\r\n\r\n`,
  )
  const line = `${version} ${random.pick(STATUS)}`
  return interim.join('') + message(random, line, [])
}

function requestMessage(random: Random): string {
  const line = `${random.pick(METHODS)} ${random.pick(TARGETS)} ${random.pick(VERSIONS)}`
  return message(random, line, random.oneIn(12) ? [] : ['Host: a.test'])
}

function message(random: Random, line: string, fields: string[]): string {
  fields.push(
    ...random.some(
      4,
      () => `${random.pick(NAMES)}:${random.pick(['', ' ', ' '])}${random.pick(VALUES)}`,
    ),
  )
  let body = ''
  const kind = random.below(6)
  if (kind <= 1) {
    body = 'hello'.repeat(random.below(3))
    fields.push(`Content-Length: ${random.oneIn(3) ? random.pick(LENGTHS) : body.length}`)
  } else if (kind <= 4) {
    body = chunks(random)
    fields.push(`Transfer-Encoding: ${random.oneIn(3) ? random.pick(CODINGS) : 'chunked'}`)
  }
  return [line, ...shuffled(random, fields), '', body].join(LINE_END)
}

function chunks(random: Random): string {
  const pieces = random.some(3, () => {
    const data = 'abcde'.repeat(1 + random.below(4))
    const size = random.oneIn(6) ? random.pick(SIZES) : data.length.toString(16)
    return size + random.pick(EXTENSIONS) + LINE_END + data + LINE_END
  })
  const trailers = random.oneIn(3)
    ? random.some(2, () => `${random.pick(NAMES)}: ${random.pick(VALUES)}\r\n`)
    : []
  return `${pieces.join('')}0${random.pick(EXTENSIONS)}\r\n${trailers.join('')}\r\n`
}

function shuffled(random: Random, fields: readonly string[]): string[] {
  return fields
    .map((field) => [random.below(1_000), field] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, field]) => field)
}
