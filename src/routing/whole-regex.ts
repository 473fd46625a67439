/** Regular expressions of conditions: anchored at both ends, and none that takes exponential time. */

import { Complaint } from './complaint.ts'

/** Must match the whole text. */
export function wholeRegex(source: string): RegExp | Complaint {
  try {
    void new RegExp(source) // alone first, or `a)|(b` would break out of its anchors
  } catch (error) {
    return new Complaint(`/${source}/ (${(error as Error).message})`, 'a regular expression')
  }
  if (repeatsRepetition(source)) {
    return new Complaint(
      `/${source}/, which repeats a group that itself repeats or chooses`,
      'one that takes linear time, such as [a-z0-9-]+ instead of ([a-z0-9]+-?)+',
    )
  }
  return new RegExp(`^(?:${source})$`)
}

/** `(a+)+` and `(a|a)*` take time exponential in what a client sends. Refuses some harmless ones too. */
function repeatsRepetition(source: string): boolean {
  const groups = [{ isVariable: false }]
  const tokens = source.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|\(|\)|[*+|]|\{\d+(?:,\d*)?\}/gs)
  for (const { 0: token, index } of tokens) {
    const group = groups.at(-1)!
    if (token === '(') groups.push({ isVariable: false })
    else if (token === ')') {
      groups.pop()
      if (group.isVariable && /^[*+{]/.test(source.slice(index + 1))) return true
      groups.at(-1)!.isVariable ||= group.isVariable
    } else if (/^[*+|{]/.test(token)) group.isVariable = true
  }
  return false
}
