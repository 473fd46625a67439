/** Words that settings are written in, beyond those that plugins have too. */

import { isIP } from 'node:net'
import { z } from 'zod'
import { isNetwork } from '#base/address'
import { parseAuthority } from '#http/authority'

/** A name of the author's: of a service, a route, an API, a listener. Never looks like a URL or a path. */
export const name = () =>
  z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/, {
    error: 'expected a name of letters, digits, "-", "_" and "."',
  })

export const named = <T extends z.ZodType>(value: T) => z.record(name(), value)

const PORT_HINT = 'expected a port from 0 to 65535'

export const port = () =>
  z.int({ error: PORT_HINT }).min(0, { error: PORT_HINT }).max(65_535, { error: PORT_HINT })

/** An address to listen on, or a name that stands for one. */
export const host = () =>
  z.string().refine((text) => isIP(text) !== 0 || parseAuthority(text)?.port === undefined, {
    error: 'expected an address such as 127.0.0.1 or ::1',
  })

/** "8080", "127.0.0.1:8080", "[::1]:8080". */
export const listenAddress = () =>
  z.union([port(), z.string()]).transform((value, check) => {
    if (typeof value === 'number') return { port: value }
    const [, hostPart, digits] = /^(?:(.*):)?(\d{1,5})$/.exec(value) ?? []
    const bare = hostPart?.replace(/^\[(.*)\]$/, '$1')
    if (digits !== undefined && Number(digits) <= 65_535 && isListenHost(hostPart, bare)) {
      return { host: bare, port: Number(digits) }
    }
    check.addIssue('expected a port such as 8080, or an address with one, such as 127.0.0.1:8080')
    return z.NEVER
  })

function isListenHost(hostPart: string | undefined, bare: string | undefined): boolean {
  if (hostPart === undefined || bare === undefined) return true
  if (hostPart !== bare) return isIP(bare) === 6
  return isIP(bare) === 4 || parseAuthority(bare)?.port === undefined
}

/** An address, or a network such as 10.0.0.0/8. */
export const network = () =>
  z.string().refine(isNetwork, {
    error: 'expected an address or a network, such as 10.0.0.0/8 or fd00::/8',
  })

/** A path of URLs. */
export const urlPath = () =>
  z.string().startsWith('/', { error: 'expected a path that begins with "/"' })

/** A path of the file system, relative to the folder of the file that holds it. */
export const filePath = () => z.string().min(1, { error: 'expected the path of a file' })

export const positive = () => z.int().min(1)
