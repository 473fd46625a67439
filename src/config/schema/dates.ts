/** Days and times as they are written. */

import { z } from 'zod'

/** Milliseconds since 1970 once parsed. */
export const date = () =>
  z
    .string({ error: 'expected a date, such as 2027-03-01' })
    .regex(/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?Z)?$/, {
      error: 'expected a date, such as 2027-03-01 or 2027-03-01T12:00Z',
      abort: true,
    })
    .refine((text) => isDate(text), { error: 'expected a day that there is' })
    .transform((text) => Date.parse(text))

/** `Date.parse` takes the 31st of February for the 3rd of March. */
function isDate(text: string): boolean {
  const time = Date.parse(text)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.slice(0, 10))
}
