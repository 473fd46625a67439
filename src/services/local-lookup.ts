/** Looks a name up for a connection in plain text, and refuses addresses beyond the local network. */

import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isLocal } from '#base/local-networks'

export const lookupLocal: LookupFunction = (name, options, done) => {
  lookup(name, { ...options, all: true }, (error, found) => {
    if (error !== null) {
      done(error, [])
      return
    }
    const local = found.filter(({ address }) => isLocal(address))
    const [first] = local
    if (first === undefined) {
      const where = found.map(({ address }) => address).join(', ')
      const words = `${name} is ${where}, beyond the local network: it is not called in plain text unless the service says "plaintext: true"`
      done(new Error(words), [])
    } else if (options.all === true) done(null, local)
    else done(null, first.address, first.family)
  })
}
