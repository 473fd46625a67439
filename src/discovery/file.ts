/** `file`: a list of targets, read anew when it changes. */

import { readFile, stat } from 'node:fs/promises'
import { FileWatcher } from '#base/file-watcher'
import { formatComplaint } from '#config/complaint'
import { readTargetList } from '#config/target-list'
import type { Source, Told } from './source.ts'

/** Looked at so often, too, where the system does not tell of changes. */
const HOLDS_MS = 30_000
const MAX_BYTES = 1_048_576

/** @param wake called when the file may have changed */
export function fileSource({ file }: { file: string }, wake: () => void): Source {
  const watcher = new FileWatcher(wake)
  return {
    async ask() {
      watcher.watch([file]) // again: its folder may be there only now
      const { size } = await stat(file)
      if (size > MAX_BYTES) throw new Error(`${file} is larger than ${MAX_BYTES} bytes`)
      const list = readTargetList(file, await readFile(file, 'utf8'))
      if (!list.ok) throw new Error(list.complaints.map(formatComplaint).join('; '))
      return { targets: list.targets.map(toldOf), holdsMs: HOLDS_MS }
    },
    stop: () => watcher.close(),
  }
}

function toldOf(target: { url: string; weight: number; tier: number; drain: boolean }): Told {
  const { protocol, hostname, port, pathname } = new URL(target.url)
  const scheme = protocol === 'https:' ? 'https' : 'http'
  return {
    ...target,
    scheme,
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (scheme === 'https' ? 443 : 80) : Number(port),
    basePath: pathname.replace(/\/+$/, ''),
  }
}
