/** The name that was probably meant. */

const MAX_DISTANCE = 2

/** The nearest of `names`: at most two slips away, or one of which `name` is the beginning. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase()
  let best: string | undefined
  let bestDistance = Infinity
  for (const candidate of names) {
    const distance = distanceOf(wanted, candidate.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** `; did you mean "x"?`, or ''. */
export function hint(name: string, names: Iterable<string>): string {
  const found = nearest(name, names)
  return found === undefined ? '' : `; did you mean ${JSON.stringify(found)}?`
}

const MAX_LISTED = 12

/** `; did you mean "x"?`, or what there is to choose from. */
export function hintOrList(name: string, names: ReadonlySet<string>): string {
  const meant = hint(name, names)
  if (meant !== '') return meant
  if (names.size === 0) return '; there is none yet'
  return `; there are ${[...names].slice(0, MAX_LISTED).join(', ')}`
}

function distanceOf(wanted: string, candidate: string): number {
  const slips = damerauLevenshtein(wanted, candidate)
  // In short words a few slips make any word of any other.
  const length = Math.max(wanted.length, candidate.length)
  if (slips <= MAX_DISTANCE && length >= 3 * slips - 1) return slips
  const isBeginning = wanted.length >= 2 && candidate.startsWith(wanted)
  return isBeginning || (candidate.length >= 4 && wanted.startsWith(candidate)) ? 3 : Infinity
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
function damerauLevenshtein(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MAX_DISTANCE) return Infinity
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, beforeLast[j - 2]! + 1)
      }
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
