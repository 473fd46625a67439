/** Words that options are written in. */

import { z } from 'zod'
import { BYTE_SIZE_HINT, BYTE_SIZE_PATTERN, parseByteSize } from '#base/byte-size'
import { DURATION_HINT, DURATION_PATTERN, parseDuration } from '#base/duration'

/** "250ms", "30s", "5m", "1h", "7d"; milliseconds once parsed. */
export const duration = () =>
  z
    .string({ error: `expected ${DURATION_HINT}` })
    .regex(DURATION_PATTERN, { error: `expected ${DURATION_HINT}`, abort: true })
    .refine((text) => parseDuration(text) !== undefined, { error: 'expected a shorter duration' })
    .transform((text) => parseDuration(text)!)

/** A duration longer than none. */
export const someTime = () => duration().refine((ms) => ms > 0, { error: 'expected more than 0s' })

/** "512B", "64KiB", "10MiB"; bytes once parsed. */
export const byteSize = () =>
  z
    .string({ error: `expected ${BYTE_SIZE_HINT}` })
    .regex(BYTE_SIZE_PATTERN, { error: `expected ${BYTE_SIZE_HINT}`, abort: true })
    .refine((text) => parseByteSize(text) !== undefined, { error: 'expected a smaller size' })
    .transform((text) => parseByteSize(text)!)

/** One value where a list is meant will do. */
export const oneOrMore = <T extends z.ZodType>(item: T) =>
  z
    .union([z.array(item).min(1), item])
    .transform((value) => (Array.isArray(value) ? value : [value]) as z.output<T>[])

/** A header field's name (RFC 9110 §5.1); lower case once parsed. */
export const headerName = () =>
  z
    .string()
    .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, { error: 'expected a header name' })
    .transform((name) => name.toLowerCase())

/** "20%"; a number from 0 to 1 once parsed. */
export const share = () =>
  z
    .string({ error: 'expected a share, such as 20%' })
    .regex(/^(?:100|\d{1,2}(?:\.\d{1,3})?)%$/, { error: 'expected a share, such as 20%' })
    .transform((text) => Number(text.slice(0, -1)) / 100)
