/** Field names that some services cannot tell apart: CGI, for one, reads `x_user` and `x-user` as the same. */

import type { HeaderList } from '#http/header-list'

/** What takes away from a list all that could be read as one of these names and is none of them. */
export function lookAlikeRemoval(names: readonly string[]): (list: HeaderList) => void {
  const own = new Set(names)
  const forms = new Set(names.map(formOf))
  return (list) => {
    const { flat } = list
    for (let i = flat.length - 2; i >= 0; i -= 2) {
      const name = flat[i]!
      if (forms.has(formOf(name)) && !own.has(name)) flat.splice(i, 2)
    }
  }
}

function formOf(name: string): string {
  return name.includes('_') ? name.replaceAll('_', '-') : name
}
