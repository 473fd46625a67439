/** The option word for a text that something is made of. */

import { z } from 'zod'

/** A text that `read` makes something of, or says what is wrong with. */
export function readText<T extends object>(read: (text: string) => T | string) {
  return z.string().transform((text, context): T => {
    const value = read(text)
    if (typeof value !== 'string') return value
    context.issues.push({ code: 'custom', message: value, input: text })
    return z.NEVER
  })
}
