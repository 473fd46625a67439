/** Base64url as tokens are written in it (RFC 7515 §2): no padding, nothing between, no bits beyond the last byte. */

const SPELLED_RIGHT = /^[\w-]*$/

/** Undefined when it is not the one spelling of its bytes. */
export function fromBase64url(text: string): Buffer | undefined {
  if (!SPELLED_RIGHT.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}
