/** Who holds a port: so that "already in use" can name the process. Linux only; elsewhere nobody is named. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface PortHolder {
  readonly pid: number
  readonly name: string
}

const LISTENING = '0A'

/** The process that listens on a TCP port, as far as we may see it; another than `besides`. */
export function portHolder(port: number, besides?: number): PortHolder | undefined {
  const sockets = new Set(
    [...inodesOf('/proc/net/tcp', port), ...inodesOf('/proc/net/tcp6', port)].map(
      (inode) => `socket:[${inode}]`,
    ),
  )
  if (sockets.size === 0) return undefined
  for (const pid of read(() => readdirSync('/proc'), []).filter(
    (name) => /^\d+$/.test(name) && Number(name) !== besides,
  )) {
    const descriptors = read(() => readdirSync(`/proc/${pid}/fd`), [])
    const holds = descriptors.some((fd) =>
      sockets.has(read(() => readlinkSync(`/proc/${pid}/fd/${fd}`), '')),
    )
    if (holds)
      return {
        pid: Number(pid),
        name: read(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim(), 'a process'),
      }
  }
  return undefined
}

function inodesOf(table: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0')
  return read(() => readFileSync(table, 'utf8'), '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${hexPort}`) && state === LISTENING)
    .map((columns) => columns[9]!)
}

function read<T>(attempt: () => T, otherwise: T): T {
  try {
    return attempt()
  } catch {
    return otherwise
  }
}
