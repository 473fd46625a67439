/** What `explain` says of the authenticators that a route names. */

import { authenticatorFor, type CompiledAuthenticators } from '#config/authenticators'
import { placeOf } from '#config/origin'

/** Each with its method, and where it was written: for this stage, or for all. */
export function describeAuthenticators(
  names: readonly string[],
  stage: string | undefined,
  all: CompiledAuthenticators,
): string[] {
  return names.flatMap((name) => {
    const found = authenticatorFor(all, name, stage)
    if (found === undefined) return []
    const { file, line } = placeOf(found.written)
    return `          ${name}: ${found.config.kind}, ${found.definition.summary}  ${file}:${line}`
  })
}
