/** Passwords and what is kept of them: scrypt (RFC 7914) for those that people think of, compared in constant time. */

import { hash, scrypt, timingSafeEqual } from 'node:crypto'
import { type Awaitable, Fault } from '#sdk/index'

export type Password =
  | { readonly kind: 'plain'; readonly sha256: Buffer }
  | {
      readonly kind: 'scrypt'
      readonly cost: number
      readonly blockSize: number
      readonly parallelization: number
      readonly salt: Buffer
      readonly key: Buffer
    }

const SCRYPT = /^scrypt:(\d{1,7}):(\d{1,2}):(\d{1,2}):([\w-]{16,128}):([\w-]{22,128})$/

/** What may be spent on one: `N=2^17, r=8` is 128 MiB. */
const MAX_BYTES = 134_217_728 + 1_048_576

/** Undefined: it begins as a hash does, and is none. */
export function parsePassword(text: string): Password | undefined {
  if (!text.startsWith('scrypt:')) return { kind: 'plain', sha256: hash('sha256', text, 'buffer') }
  const [, n, r, p, salt, key] = SCRYPT.exec(text) ?? []
  const cost = Number(n)
  const blockSize = Number(r)
  const isSound = Number.isInteger(Math.log2(cost)) && cost >= 1_024 && blockSize >= 1
  if (!isSound || Number(p) < 1 || 128 * cost * blockSize > MAX_BYTES) return undefined
  return {
    kind: 'scrypt',
    cost,
    blockSize,
    parallelization: Number(p),
    salt: Buffer.from(salt!, 'base64url'),
    key: Buffer.from(key!, 'base64url'),
  }
}

/** At once, and waiting, in a worker: they share the threads that compress and resolve. */
const MAX_UNDER_WAY = 2
const MAX_WAITING = 64

export class Passwords {
  readonly #waiting: (() => void)[] = []
  #underWay = 0

  /** Fails with OVERLOADED when too many are being checked. */
  isRight(password: Password, secret: string): Awaitable<boolean> {
    if (password.kind === 'plain')
      return timingSafeEqual(password.sha256, hash('sha256', secret, 'buffer'))
    return this.#scrypt(password, secret)
  }

  async #scrypt(
    { cost, blockSize, parallelization, salt, key }: Password & { kind: 'scrypt' },
    secret: string,
  ): Promise<boolean> {
    await this.#enter()
    try {
      const options = { cost, blockSize, parallelization, maxmem: MAX_BYTES * 2 }
      const made = await new Promise<Buffer>((resolve, reject) => {
        scrypt(secret, salt, key.length, options, (error, bytes) => {
          if (error === null) resolve(bytes)
          else reject(error)
        })
      })
      return timingSafeEqual(made, key)
    } finally {
      this.#underWay--
      this.#waiting.shift()?.()
    }
  }

  async #enter(): Promise<void> {
    if (this.#underWay >= MAX_UNDER_WAY) {
      if (this.#waiting.length >= MAX_WAITING) throw new Fault('OVERLOADED', 'passwords')
      await new Promise<void>((resolve) => void this.#waiting.push(resolve))
    }
    this.#underWay++
  }
}
