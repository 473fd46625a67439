import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderDecoder } from './decoder.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

function read(decoder: HeaderDecoder, block: Buffer): string[] | string {
  const flat: string[] = []
  const decoded = decoder.decode(block, 0, block.length, flat)
  return decoded === 'whole' ? flat : decoded
}

const decoderOf = (maxListBytes = 65_536, maxFields = 100): HeaderDecoder =>
  new HeaderDecoder(maxListBytes, maxFields)

const REQUEST = [':method', 'GET', ':scheme', 'http', ':path', '/', ':authority', 'www.example.com']
const SECURE = [':method', 'GET', ':scheme', 'https', ':path', '/index.html']
const DATE = 'Mon, 21 Oct 2013 20:13:21 GMT'
const URL = 'https://www.example.com'
const reply = (status: string, date: string): string[] => [
  ':status',
  status,
  'cache-control',
  'private',
  'date',
  date,
  'location',
  URL,
]
const COOKIE = 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'

/** RFC 7541 appendix C: blocks that follow one another on a connection, and the fields they are. */
const published: readonly [what: string, blocks: readonly [block: string, flat: string[]][]][] = [
  [
    'C.2.1 literal with indexing',
    [
      [
        '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572',
        ['custom-key', 'custom-header'],
      ],
    ],
  ],
  [
    'C.2.2 literal without indexing',
    [['040c 2f73 616d 706c 652f 7061 7468', [':path', '/sample/path']]],
  ],
  [
    'C.2.3 literal never indexed',
    [['1008 7061 7373 776f 7264 0673 6563 7265 74', ['password', 'secret']]],
  ],
  ['C.2.4 indexed', [['82', [':method', 'GET']]]],
  [
    'C.3 requests without Huffman',
    [
      ['8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d', REQUEST],
      ['8286 84be 5808 6e6f 2d63 6163 6865', [...REQUEST, 'cache-control', 'no-cache']],
      [
        '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
        [...SECURE, ':authority', 'www.example.com', 'custom-key', 'custom-value'],
      ],
    ],
  ],
  [
    'C.4 requests with Huffman',
    [
      ['8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff', REQUEST],
      ['8286 84be 5886 a8eb 1064 9cbf', [...REQUEST, 'cache-control', 'no-cache']],
      [
        '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
        [...SECURE, ':authority', 'www.example.com', 'custom-key', 'custom-value'],
      ],
    ],
  ],
]

for (const [what, blocks] of published)
  test(`RFC 7541 ${what}`, () => {
    const decoder = decoderOf()
    for (const [block, flat] of blocks) assert.deepEqual(read(decoder, hex(block)), flat)
  })

/** C.5 and C.6 are said to a table of 256 bytes: what it throws out is looked for in vain. */
for (const [what, blocks] of [
  [
    'C.5 replies without Huffman',
    [
      '4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
      '4803 3330 37c1 c0bf',
      '88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31',
    ],
  ],
  [
    'C.6 replies with Huffman',
    [
      '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
      '4883 640e ffc1 c0bf',
      '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
    ],
  ],
] as const)
  test(`RFC 7541 ${what}`, () => {
    const decoder = decoderOf()
    assert.deepEqual(read(decoder, hex('3fe1 01')), []) // a table of 256 bytes
    const [first, second, third] = blocks.map((block) => read(decoder, hex(block)))
    assert.deepEqual(first, reply('302', DATE))
    assert.deepEqual(second, reply('307', DATE))
    const last = [...reply('200', DATE.replace(':21 ', ':22 ')), 'content-encoding', 'gzip']
    assert.deepEqual(third, [...last, 'set-cookie', COOKIE])
    assert.equal(read(decoder, hex('c2')), 'broken') // only three are left
  })

for (const [what, block] of [
  ['index 0', '80'],
  ['an index beyond both tables', 'be'],
  ['an integer without end', 'ff'],
  ['an integer that is too large', 'ff ffff ffff ff7f'],
  ['an integer in too many bytes', 'ff 8080 8080 8001'],
  ['a name that is not all there', '40 0a 6375'],
  ['a value that is missing', '40 01 61'],
  ['a value that is not all there', '40 01 61 05 62'],
  ['an index for a name beyond both tables', '7f 20 01 61'],
  ['padding of zeros', '00 01 61 81 18'],
  ['padding of more than seven bits', '00 01 61 82 1f ff'],
  ['the end of the code within a text', '00 01 61 84 ffff ffff'],
  ['a table larger than allowed', '3f e2 1f'],
  ['a change of the table behind a field', '82 20'],
] as const)
  test(`broken: ${what}`, () => {
    assert.equal(read(decoderOf(), hex(block)), 'broken')
  })

test('the table may change its size before the first field, more than once', () => {
  const decoder = decoderOf()
  read(decoder, hex('40 01 61 01 62'))
  assert.deepEqual(read(decoder, hex('be')), ['a', 'b'])
  assert.deepEqual(read(decoder, hex('20 3fe1 1f 82')), [':method', 'GET'])
  assert.equal(read(decoder, hex('be')), 'broken')
})

test('a field larger than the table empties it', () => {
  const decoder = decoderOf()
  read(decoder, hex('40 01 61 01 62'))
  const long = 'x'.repeat(4_096)
  const block = Buffer.concat([hex('40 01 61 7f 81 1f'), Buffer.from(long)])
  assert.deepEqual(read(decoder, block), ['a', long])
  assert.equal(read(decoder, hex('be')), 'broken')
})

test('a list beyond its bound is not built, and the next is read', () => {
  const decoder = decoderOf(1_000, 10)
  const learned = Buffer.concat([hex('40 01 61 7f 71'), Buffer.from('v'.repeat(240))])
  assert.deepEqual(read(decoder, learned), ['a', 'v'.repeat(240)])
  const flat: string[] = []
  const bomb = Buffer.alloc(16_000, 0xbe)
  assert.equal(decoder.decode(bomb, 0, bomb.length, flat), 'tooLarge')
  assert.equal(flat.length, 6) // 3 * (1 + 240 + 32) bytes
  assert.equal(read(decoder, Buffer.alloc(11, 0x82)), 'tooLarge')
  assert.deepEqual(read(decoder, hex('be')), ['a', 'v'.repeat(240)])
})
