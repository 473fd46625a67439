/** `sticky`: a cookie that none but gateways with the key can read or make brings a client back to its target. */

import { createCipheriv, createDecipheriv, hash, randomFillSync } from 'node:crypto'
import type { Clock } from '#base/clock'
import { HeaderList } from '#http/header-list'

export interface StickyRules {
  /** Milliseconds that a client stays with a target that is up. */
  readonly for: number
  /** The cookie's name; undefined: one made of the service's. */
  readonly cookie?: string | undefined
  /** From which the key is made; undefined: this process's own, which no other gateway knows. */
  readonly secret?: string | undefined
}

/** What a request's cookie says. */
export interface Stuck {
  /** Of the target; see `markOf`. */
  readonly mark: string
  /** More than half of its time is over. */
  readonly isOld: boolean
}

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const MARK_BYTES = 8
/** Milliseconds since 1970. */
const TIME_BYTES = 6
const TAG_BYTES = 16
const TOKEN_BYTES = NONCE_BYTES + MARK_BYTES + TIME_BYTES + TAG_BYTES
const TOKEN_CHARS = Math.ceil((TOKEN_BYTES * 4) / 3)

/** What stands for a target in a token. */
export function markOf(url: string): string {
  return hash('sha256', url, 'hex').slice(0, MARK_BYTES * 2)
}

export class Sticky {
  readonly #forMs: number
  readonly #name: string
  readonly #key: Buffer
  readonly #clock: Pick<Clock, 'wall'>

  /** `service`: all that tells it from others; its key is no other's. `processKey`: the same in all workers. */
  constructor(
    { for: forMs, cookie, secret }: StickyRules,
    service: string,
    processKey: Uint8Array,
    clock: Pick<Clock, 'wall'>,
  ) {
    this.#clock = clock
    this.#forMs = forMs
    this.#name = cookie ?? `affinity-${hash('sha256', service, 'hex').slice(0, 8)}`
    const material = secret ?? Buffer.from(processKey).toString('hex')
    this.#key = hash('sha256', `sticky\n${service}\n${material}`, 'buffer')
  }

  /** What the first cookie says that is ours and not too old; a forged one, or another's, says nothing. */
  read(headers: HeaderList): Stuck | undefined {
    for (const line of headers.all('cookie')) {
      for (const pair of line.split(';')) {
        const stuck = this.#isOurs(pair) ? this.#open(valueOf(pair)) : undefined
        if (stuck !== undefined) return stuck
      }
    }
    return undefined
  }

  /** The fields without our cookie: it is no matter of the service's. The same list when there is none. */
  without(headers: HeaderList): HeaderList {
    const { flat } = headers
    let rest: string[] | undefined
    for (let i = flat.length - 2; i >= 0; i -= 2) {
      if (flat[i] !== 'cookie') continue
      const pairs = flat[i + 1]!.split(';')
      const kept = pairs.filter((pair) => !this.#isOurs(pair))
      if (kept.length === pairs.length) continue
      rest ??= [...flat]
      if (kept.length === 0) rest.splice(i, 2)
      else rest[i + 1] = kept.join(';').trim()
    }
    return rest === undefined ? headers : new HeaderList(rest)
  }

  /** Tells the client to come back to whoever answered, unless it was told so not long ago. */
  stick(
    headers: HeaderList,
    { mark }: { readonly mark: string },
    stuck: Stuck | undefined,
    { scheme }: { readonly scheme: string },
  ): void {
    if (stuck?.mark === mark && !stuck.isOld) return
    headers.add('set-cookie', this.cookieFor(mark, scheme === 'https'))
  }

  /** A Set-Cookie for a target: another text each time, and as long. */
  cookieFor(mark: string, isSecure: boolean): string {
    const plain = Buffer.alloc(MARK_BYTES + TIME_BYTES)
    plain.write(mark, 'hex')
    plain.writeUIntBE(this.#clock.wall() + this.#forMs, MARK_BYTES, TIME_BYTES)
    const nonce = randomFillSync(Buffer.alloc(NONCE_BYTES))
    const cipher = createCipheriv(CIPHER, this.#key, nonce)
    const token = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    const age = Math.ceil(this.#forMs / 1_000)
    const secure = isSecure ? '; Secure' : ''
    return `${this.#name}=${token.toString('base64url')}; Max-Age=${age}; Path=/; HttpOnly; SameSite=Lax${secure}`
  }

  #isOurs(pair: string): boolean {
    const end = pair.indexOf('=')
    return end > 0 && pair.slice(0, end).trim() === this.#name
  }

  #open(text: string): Stuck | undefined {
    if (text.length !== TOKEN_CHARS) return undefined
    const token = Buffer.from(text, 'base64url')
    if (token.length !== TOKEN_BYTES) return undefined
    const decipher = createDecipheriv(CIPHER, this.#key, token.subarray(0, NONCE_BYTES))
    decipher.setAuthTag(token.subarray(-TAG_BYTES))
    const plain = decipher.update(token.subarray(NONCE_BYTES, -TAG_BYTES))
    try {
      decipher.final()
    } catch {
      return undefined
    }
    const leftMs = plain.readUIntBE(MARK_BYTES, TIME_BYTES) - this.#clock.wall()
    if (leftMs <= 0) return undefined
    return { mark: plain.toString('hex', 0, MARK_BYTES), isOld: leftMs < this.#forMs / 2 }
  }
}

function valueOf(pair: string): string {
  return pair.slice(pair.indexOf('=') + 1).trim()
}
