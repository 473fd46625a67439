/** What the header list costs, with the fifteen fields of a browser's request. */

import { HeaderList } from '#http/header-list'
import { fieldLines } from '#wire/http1/serialize'
import { nanoseconds } from './nanoseconds.ts'

const NAMES = [
  'host accept accept-encoding accept-language cookie referer sec-ch-ua sec-ch-ua-mobile',
  'sec-ch-ua-platform sec-fetch-dest sec-fetch-mode sec-fetch-site upgrade-insecure-requests',
  'user-agent x-request-id',
].flatMap((names) => names.split(' '))

const list = new HeaderList(NAMES.flatMap((name) => [name, `the value of ${name}`]))

nanoseconds('get the last of 15', () => list.get('x-request-id'))
nanoseconds('get what is not there', () => list.get('if-none-match'))
nanoseconds('joined', () => list.joined('accept'))
nanoseconds('copy', () => list.copy())
nanoseconds('copy, set, add, delete', () => {
  const copy = list.copy()
  copy.set('cookie', 'a=1')
  copy.add('x-added', '1')
  copy.delete('referer')
  return copy
})
nanoseconds('as lines', () => fieldLines(list.flat).length)
