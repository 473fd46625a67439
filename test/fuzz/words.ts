/** What messages are made of: what is usual, and what two parsers may take for different things. */

import type { Random } from './random.ts'

interface Words {
  readonly usual: readonly string[]
  readonly odd: readonly string[]
}

/** Each a list with bars between. */
function words(usual: string, odd: string): Words {
  return { usual: usual.split('¦'), odd: odd.split('¦') }
}

/** Odd once in so many times: what is odd in many places is refused for the first and tests nothing else. */
const ODD_ONCE_IN = 25

export function word(random: Random, { usual, odd }: Words): string {
  return random.pick(random.oneIn(ODD_ONCE_IN) ? odd : usual)
}

export const METHOD = words(
  'GET¦GET¦POST¦POST¦PUT¦HEAD¦DELETE¦OPTIONS¦PURGE',
  'get¦G3T¦¦CONNECT¦TRACE¦PRI¦G T',
)
export const TARGET = words(
  '/¦/a¦/a?b=c&d¦/a%20b¦/?¦/~¦/?{|}<>"\\^`¦http://a.test/b¦http://a.test',
  '*¦/a b¦/\xe9¦/a#b¦//a¦a¦¦/?\xff¦/\x7f¦/\\a¦https://a.test/',
)
export const VERSION = words(
  'HTTP/1.1',
  'HTTP/1.0¦HTTP/1.2¦HTTP/2.0¦http/1.1¦HTTP/1.10¦HTTP/1,1¦HTTP/0.9¦¦HTTP/11¦ICE/1.0',
)
export const STATUS = words(
  '200 OK¦200 OK¦404 Not Found¦204 No Content¦304 Not Modified¦200 ¦999 x¦200  \xe9\tok',
  '200¦20 OK¦2000 OK¦099 x¦ 200 OK¦200\tOK¦101 x¦199 x¦-20 x',
)
export const NAME = words(
  "X-A¦x-b¦Accept¦Cookie¦Set-Cookie¦Keep-Alive¦TE¦Trailer¦Content-Type¦X_A¦Transfer_Encoding¦X-Forwarded-For¦__proto__¦!#$%&'*+-.^_`|~¦Content-LengthX",
  'Connection¦Proxy-Connection¦Upgrade¦Expect¦Content-Length ¦A b¦é¦¦Content-Length\t¦\x0bA¦Transfer-Encoding\0',
)
export const VALUE = words(
  '1¦¦ ¦a, b¦a:b¦x-a, X-B¦\xff\x80¦a\tb¦ a ¦\t1\t¦trailers¦chunked¦5¦"a\\"b"¦keep-alive',
  'close¦upgrade¦websocket¦100-continue¦a\x0bb¦a\0¦\x7f¦,x-a,,close¦\x1b',
)
export const LENGTH = words(
  '5¦05¦ 5 ',
  '¦+5¦-5¦5, 5¦5,¦0x5¦5.0¦5_¦99999999999999999999¦\x0b5¦5\xa0¦5 5¦5;¦V',
)
export const CODING = words(
  'chunked¦chunked¦Chunked¦chunked ¦\tchunked',
  'identity¦gzip, chunked¦chunked, chunked¦chunked, gzip¦xchunked¦chunkedx¦chunked;a=b¦"chunked"¦chunked,¦,chunked¦¦\x0bchunked¦chunked\xa0¦chunked\0',
)
/** For data of five bytes. */
export const SIZE = words(
  '5¦005¦5¦0000005',
  '0¦A¦4¦6¦0x5¦-5¦+5¦ 5¦5 ¦5\t¦FFFFFFFFFFFFFFFF5¦100000005¦100000000000000005¦¦g¦5h¦5\r¦5\n',
)
export const EXTENSION = words(
  '¦¦¦¦;a¦;a=b¦;a="b c"¦;a="b\\"c"¦;a;b=c',
  ';¦;;¦ ;a¦; a¦;a=¦;a="¦;a=b c¦;a\x01¦;\xe9¦;a\n¦;a="\r"¦;a="b"c',
)
