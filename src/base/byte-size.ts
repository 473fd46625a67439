/** Sizes as people write them: "64KiB", "10MiB", "5MB" (thousands), "512B". */

const UNIT_BYTES = {
  B: 1,
  KB: 1_000,
  MB: 1_000_000,
  GB: 1_000_000_000,
  KiB: 1_024,
  MiB: 1_048_576,
  GiB: 1_073_741_824,
} as const

export const BYTE_SIZE_PATTERN = /^(\d+(?:\.\d+)?)(B|KB|MB|GB|KiB|MiB|GiB)$/

export const BYTE_SIZE_HINT = 'a size with its unit, such as 512B, 64KiB or 10MiB'

/** Bytes, or undefined when the text is no size. */
export function parseByteSize(text: string): number | undefined {
  const [, count, unit] = BYTE_SIZE_PATTERN.exec(text) ?? []
  if (count === undefined || unit === undefined) return undefined
  const product = Number(count) * UNIT_BYTES[unit as keyof typeof UNIT_BYTES]
  const bytes = Math.ceil(Number(product.toPrecision(15))) // 16.1KB is 16100.000000000002
  return Number.isSafeInteger(bytes) ? bytes : undefined
}
