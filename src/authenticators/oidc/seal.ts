/** Text that only gateways with the key can read or make: AES-256-GCM. */

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

export class Seal {
  readonly #keys: readonly Buffer[]

  /** The first key seals, all of them open. */
  constructor(keys: readonly Buffer[]) {
    this.#keys = keys
  }

  /** `forWhat`: it opens for the same alone. */
  close(text: string, forWhat: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.#keys[0]!, nonce).setAAD(Buffer.from(forWhat))
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64url')
  }

  /** Undefined: it is forged, cut, of another key, or for something else. */
  open(sealed: string, forWhat: string): string | undefined {
    const bytes = Buffer.from(sealed, 'base64url')
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined
    const nonce = bytes.subarray(0, NONCE_BYTES)
    const tag = bytes.subarray(-TAG_BYTES)
    for (const key of this.#keys) {
      const cipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(Buffer.from(forWhat)).setAuthTag(tag)
      try {
        const text = cipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8')
        return text + cipher.final('utf8')
      } catch {
        continue // of another key, perhaps
      }
    }
    return undefined
  }
}

/** From what people wrote. `of`: another makes another key of the same secret. */
export function keyFrom(secret: string, of: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `portcullis login ${of}`, KEY_BYTES))
}
