/** Who counts as one person: by a key, or by a cookie that the gateway gives to those who have none. */

import { randomBytes } from 'node:crypto'
import { type Exchange, type ExchangeKey, readKey, type Reply } from '#sdk/index'
import type { Sticky } from './options.ts'

interface Assigned {
  /** Undefined: nobody is known, and this request goes anywhere. */
  readonly key: string | undefined
  /** The cookie that is to be given with the reply. */
  readonly gives: string | undefined
}

/** What an id of ours looks like; what a client made up is as good, as long as it is short. */
const MAX_ID = 64

const NOBODY: Assigned = { key: undefined, gives: undefined }

export class Assignment {
  readonly #key: ExchangeKey | undefined
  readonly #cookie: Sticky['cookie']
  readonly #id: ExchangeKey | undefined

  constructor({ key, cookie }: Sticky) {
    this.#key = key && readKey(key)
    this.#cookie = cookie
    this.#id = cookie && readKey([`cookie:${cookie.name}`])
  }

  of(ex: Exchange): Assigned {
    const known = this.#key?.(ex)
    if (known !== undefined) return { key: `k${known}`, gives: undefined }
    if (this.#id === undefined) return NOBODY
    const id = this.#id(ex)
    if (id !== undefined && id !== '' && id.length <= MAX_ID)
      return { key: `c${id}`, gives: undefined }
    const made = randomBytes(16).toString('hex') // says nothing of the side
    return { key: `c${made}`, gives: made }
  }

  give(id: string, ex: Exchange, reply: Reply): Reply {
    const { name, maxAgeMs } = this.#cookie!
    const seconds = Math.floor(maxAgeMs / 1_000)
    const secure = ex.request.scheme === 'https' ? '; Secure' : ''
    reply.headers.add(
      'set-cookie',
      `${name}=${id}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`,
    )
    return reply
  }
}
