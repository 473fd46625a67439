/** A split in words, for `portcullis explain`. */

import type { KeyPart } from '#sdk/index'
import type { Split } from './options.ts'

export function describeSplit({ split, sticky }: Split): string[] {
  const total = split.reduce((sum, { weight }) => sum + weight, 0)
  const lines = split.map(({ to, weight, when }) => {
    const share = `${round((weight / total) * 100)} % ${to}`
    return when === undefined ? share : `${share}, and whoever has ${when.text}`
  })
  if (sticky === undefined) return lines
  const ways = [
    ...(sticky.key === undefined ? [] : [sticky.key.map(wordOf).join(' and ')]),
    ...(sticky.cookie === undefined ? [] : [`the cookie ${sticky.cookie.name}`]),
  ]
  return [...lines, `one side for the same ${ways.join(', or ')}`]
}

function wordOf(part: KeyPart): string {
  return typeof part === 'string' ? part : part.cel
}

/** To the hundredth. */
function round(share: number): number {
  return Math.round(share * 100) / 100
}
