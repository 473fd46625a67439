/** Settings that name files: relative to the folder of the file that holds them. */

import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Key } from './complaint.ts'
import type { GatewayConfig, ProblemsConfig } from './config.ts'
import { memberOf, placeOf } from './origin.ts'
import { codeOf } from './parse-cache.ts'
import type { Report } from './report.ts'
import type { Authored } from './schema/gateway.ts'

export function resolveFrom(piece: object, key: Key, path: string): string {
  return resolve(dirname(placeOf(piece, key).file), path)
}

/** Absolute paths of a section that holds one path or several. */
export function pathsOf(root: object, section: string, paths: readonly string[]): string[] {
  const written = memberOf(root, section)
  return paths.map((path, index) =>
    Array.isArray(written) ? resolveFrom(written, index, path) : resolveFrom(root, section, path),
  )
}

export function compileObserve({ observe }: Authored, root: object): GatewayConfig['observe'] {
  const { accessLog, metrics } = observe
  if (accessLog === false) return { accessLog, metrics }
  if (accessLog.to === 'stdout') return { accessLog: { to: 'stdout' }, metrics }
  const file = resolveFrom(root, 'observe', accessLog.to.slice('file:'.length))
  return { accessLog: { to: 'file', file }, metrics }
}

/** @param files gets the page, to be watched */
export async function compileProblems(
  { problems: { type, html } }: Authored,
  root: object,
  report: Report,
  files: Set<string>,
): Promise<ProblemsConfig> {
  if (html === undefined) return { type }
  const written = memberOf(root, 'problems') as object
  const file = resolveFrom(written, 'html', html)
  files.add(file)
  try {
    return { type, html: await readFile(file, 'utf8') }
  } catch (error) {
    const message = `the file ${JSON.stringify(html)} cannot be read (${codeOf(error)})`
    report.complain(written, 'html', message)
    return { type }
  }
}
