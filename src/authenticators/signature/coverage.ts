/** Whether a signature covers what it must. */

import { type Exchange, type InnerList, isEmpty } from '#sdk/index'

/** A component that says all that another says. */
const SAID_BY: Readonly<Record<string, readonly string[]>> = {
  '@authority': ['@target-uri'],
  '@scheme': ['@target-uri'],
  '@path': ['@target-uri', '@request-target'],
  '@query': ['@target-uri', '@request-target'],
}

/** The first of them that it does not cover, and the request has. */
export function lacking(
  ex: Exchange,
  covered: InnerList,
  wanted: readonly string[],
): string | undefined {
  return wanted.find((name) => {
    if (name === '@query' && ex.request.query === '') return false
    if (name === 'content-digest' && isEmpty(ex.request.body)) return false
    return ![name, ...(SAID_BY[name] ?? [])].some((one) => coversWhole(covered, one))
  })
}

/** All of it: not one member of a field alone. */
export function coversWhole({ items }: InnerList, name: string): boolean {
  return items.some(
    ({ value, params }) =>
      value === name && [...params.keys()].every((param) => param === 'sf' || param === 'bs'),
  )
}
