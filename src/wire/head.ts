/** The head of a message, whatever version of HTTP it came by: its fields, and what framing needs to know of them. */

import { HeaderList } from '#http/header-list'

/** A method in capitals: a lower-case `get` is a request that hops read in two ways. */
const METHOD = /^[A-Z][A-Z0-9!#$%&'*+\-.^_`|~]{0,31}$/

export function isMethod(text: string): boolean {
  return METHOD.test(text)
}

/** The fields of a head, and what framing needs to know of them. */
export class Head {
  /** End-to-end fields: what concerns this connection alone is taken out. */
  readonly headers = new HeaderList()
  minor = 1
  host: string | undefined = undefined
  hosts = 0
  /** As written; undefined when there is none. */
  contentLength: string | undefined = undefined
  contentLengths = 0
  transferEncoding: string | undefined = undefined
  transferEncodings = 0
  connectionClose = false
  connectionKeepAlive = false
  connectionUpgrade = false
  expect: string | undefined = undefined
  upgrade: string | undefined = undefined
  teTrailers = false
  keepAliveHint: string | undefined = undefined
}

export class RequestHead extends Head {
  method = ''
  target = ''
}

export class ReplyHead extends Head {
  status = 0
}
