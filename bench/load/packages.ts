/** The programs from outside that the benchmark needs: found, or installed where that is possible. */

import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Rival } from './rivals/rival.ts'

// Daemons lie in sbin, which is not on everybody's path.
process.env['PATH'] += ':/usr/sbin'

/** Installs, as root and where apt-get is, the Debian packages of that name, or of another; says what stays missing. */
export function provide(commands: readonly string[], packages?: readonly string[]): void {
  const missing = commands.filter((command) => !isCommand(command))
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || !isCommand('apt-get')) {
    console.error(`missing and not installed (only root with apt-get could): ${missing.join(', ')}`)
    return
  }
  console.error(`installing ${missing.join(', ')}`)
  // In run level 1 no package starts its service: one on port 80 would stay when the benchmark is over.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  for (const argv of [
    ['update'],
    ['install', '-y', '--no-install-recommends', ...(packages ?? missing)],
  ]) {
    spawnSync('apt-get', argv, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  }
}

export const isPresent = ({ needs }: Pick<Rival, 'needs'>): boolean =>
  'file' in needs ? existsSync(needs.file) : isCommand(needs.command)

/** The first thing in its version text that looks like one. */
export function versionOf({ version: [command = '', ...args] }: Pick<Rival, 'version'>): string {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  return /\d+\.\d+[\w.+-]*/.exec(`${stdout}${stderr}`)?.[0] ?? 'unknown'
}

function isCommand(name: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
