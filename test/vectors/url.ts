/** Web Platform Tests of URLs: a path or host that we accept means to us what it means to browsers. */

import { parseAuthority } from '#http/authority'
import { normalizePath } from '#http/path'
import { readVectors, Tally, type VectorResult } from './vectors.ts'

const FILE = 'url.json'

interface Case {
  readonly input: string
  readonly failure?: boolean
  readonly hostname?: string
  readonly port?: string
  readonly pathname?: string
}

/** What can stand in a request: an absolute URL of visible ASCII, or the path of one. */
const SERIALISED = /^https?:\/\/([!-.0-[\]-~]*)((?:\/[!-~]*)?)$/i

export function run(): Promise<VectorResult> {
  const tally = new Tally(FILE)
  for (const each of readVectors(FILE) as readonly Case[]) {
    const [, authority, path] = SERIALISED.exec(each.input.replace(/[?#].*$/s, '')) ?? []
    if (authority === undefined || path === undefined) {
      tally.leaveOut(reasonToLeaveOut(each.input))
    } else {
      const fault = faultOfHost(each, authority) ?? faultOfPath(each, path || '/')
      tally.note(fault && `${JSON.stringify(each.input)}: ${fault}`)
    }
  }
  return Promise.resolve(tally.result())
}

function reasonToLeaveOut(input: string): string {
  if (!/^\s*https?:/i.test(input)) return 'relative, or of another scheme: no request target'
  return 'needs repair before it could stand in a request (white space, other slashes, beyond ASCII)'
}

function faultOfHost(expected: Case, text: string): string | undefined {
  const authority = parseAuthority(text)
  if (authority === undefined) return undefined // refused: never another meaning
  const { host, port } = authority
  if (expected.failure) return IS_NAME.test(host) ? undefined : `accepted as ${host}`
  const name = expected.hostname!.replace(/\.$/, '')
  if (host !== name) return `host ${host}, expected ${name}`
  const standard = expected.input.startsWith('https') ? 443 : 80
  const isPort = (port ?? standard) === Number(expected.port || standard)
  return isPort ? undefined : `port ${port}, expected ${expected.port}`
}

/** A name by RFC 3986 that IDNA refuses: no reader takes it for another. */
const IS_NAME = /(?:^|\.)xn--/

function faultOfPath(expected: Case, raw: string): string | undefined {
  const path = normalizePath(raw)
  if (path === undefined || expected.failure) return undefined
  const [ours, theirs] = [path, expected.pathname!].map(meaning)
  return ours === theirs ? undefined : `path ${path}, expected ${expected.pathname}`
}

/** Bytes of each segment: two paths of one meaning have the same. */
function meaning(path: string): string {
  return path.replace(/%(?!2[Ff])[0-9A-Fa-f]{2}/g, (escape) =>
    String.fromCharCode(Number.parseInt(escape.slice(1), 16)),
  )
}
