/** What reading a head costs: a browser's GET, a program's, and a typical API reply. */

import { parseReplyHead, parseRequestHead } from '#wire/http1/head'
import { nanoseconds } from './nanoseconds.ts'

const BROWSER = [
  'GET /v1/orders/4711/items?page=2&sort=-created HTTP/1.1',
  'Host: api.shop.example',
  'Connection: keep-alive',
  'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"',
  'sec-ch-ua-mobile: ?0',
  'sec-ch-ua-platform: "Linux"',
  'Upgrade-Insecure-Requests: 1',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Sec-Fetch-Site: same-origin',
  'Sec-Fetch-Mode: navigate',
  'Sec-Fetch-Dest: document',
  'Referer: https://api.shop.example/v1/orders',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9,de;q=0.8',
  'Cookie: session=3f6c2b1e9d8a4750; theme=dark; consent=analytics.false',
]
const PROGRAM = ['GET /v1/orders/4711 HTTP/1.1', 'Host: api.shop.example', 'Accept: */*']
const REPLY = [
  'HTTP/1.1 200 OK',
  'Date: Tue, 14 Jul 2026 08:12:31 GMT',
  'Content-Type: application/json; charset=utf-8',
  'Content-Length: 1024',
  'Cache-Control: private, max-age=0',
  'ETag: W/"400-Vx0Zc1m2Q9sT"',
  'Vary: Accept-Encoding',
  'Connection: keep-alive',
  'Keep-Alive: timeout=5',
]

/** As they arrive: decoded from a socket's bytes each time, so that nothing is kept of the last. */
function bytesOf(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1')
}

const heads = { browser: bytesOf(BROWSER), program: bytesOf(PROGRAM), reply: bytesOf(REPLY) }
const read = (bytes: Buffer): string => bytes.toString('latin1', 0, bytes.length)

nanoseconds(`decoding ${heads.browser.length} bytes alone`, () => read(heads.browser))
nanoseconds('browser GET, 15 fields', () =>
  parseRequestHead(read(heads.browser), 8_192, 100, false),
)
nanoseconds('program GET, 2 fields', () => parseRequestHead(read(heads.program), 8_192, 100, false))
nanoseconds('API reply, 8 fields', () => parseReplyHead(read(heads.reply), 100))
