/** The ports: those of clients, and none of them twice. */

import type { AdminConfig, GatewayConfig, ListenerConfig } from './config.ts'
import { hintOrList } from '#base/nearest'
import { memberOf } from './origin.ts'
import type { PemReader } from './pem.ts'
import { type Report, whereIs } from './report.ts'
import type { Authored } from './schema/gateway.ts'
import { listener, type Protocol, SHORT_FORM_NAME } from './schema/listeners.ts'
import { compileTls } from './tls.ts'

/** A port that somebody wants, and the piece of the configuration that says so. */
interface Claim {
  readonly port: number
  readonly host: string | undefined
  readonly piece: object
  readonly key: string
}

const WITHOUT_TLS: readonly Protocol[] = ['http1']
const WITH_TLS: readonly Protocol[] = ['http1', 'h2']

/** @param names of every listener that was written, those too that are refused for other reasons */
export async function compileListeners(
  { listen, listeners, admin, probes }: Authored,
  root: object,
  names: ReadonlySet<string>,
  pems: PemReader,
  report: Report,
): Promise<Pick<GatewayConfig, 'listeners' | 'admin' | 'probes'>> {
  const compiled: ListenerConfig[] = []
  const claims: Claim[] = []

  if (listen !== undefined) {
    const { tls: _, ...options } = listener.parse(listen)
    compiled.push({ name: SHORT_FORM_NAME, ...options, protocols: WITHOUT_TLS })
    claims.push({ host: undefined, ...listen, piece: root, key: 'listen' })
  }
  const written = memberOf(root, 'listeners') as object | undefined
  for (const [name, { tls, ...options }] of Object.entries(listeners ?? {})) {
    const own = memberOf(written!, name) as object
    const protocols = protocolsOf(options.protocols, tls !== undefined, own, report)
    checkRedirect(name, options.redirectTo, names, own, report)
    const secure = tls && (await compileTls(tls, memberOf(own, 'tls') as object, pems, report))
    compiled.push({ name, ...options, protocols, ...(secure && { tls: secure }) })
    claims.push({ host: options.host, port: options.port, piece: written!, key: name })
  }
  if (listen !== undefined && written !== undefined) {
    report.complain(
      root,
      'listen',
      'found "listen" beside "listeners", expected one of them',
      'key',
    )
  }
  if (names.size === 0) {
    report.complain(root, undefined, 'found no listener, expected one, such as "listen: 8080"')
  }
  if (admin) claims.push({ ...admin, piece: root, key: 'admin' })
  if (probes) claims.push({ ...probes, piece: root, key: 'probes' })
  complainOfClashes(claims, report)

  return { listeners: compiled, admin: adminOf(admin), probes }
}

function checkRedirect(
  name: string,
  to: string | undefined,
  names: ReadonlySet<string>,
  own: object,
  report: Report,
): void {
  if (to === undefined) return
  if (to === name) {
    report.complain(own, 'redirectTo', 'found the listener itself, expected another one')
  } else if (!names.has(to)) {
    const message = `found no listener ${JSON.stringify(to)}${hintOrList(to, names)}`
    report.complain(own, 'redirectTo', message)
  }
}

/** What TLS lets a client choose is another thing than what it must know before. */
function protocolsOf(
  written: readonly Protocol[] | undefined,
  hasTls: boolean,
  own: object,
  report: Report,
): readonly Protocol[] {
  if (written === undefined) return hasTls ? WITH_TLS : WITHOUT_TLS
  const piece = memberOf(own, 'protocols') as object
  const wrong = written.indexOf(hasTls ? 'h2c' : 'h2')
  if (wrong < 0) return written
  const message = hasTls
    ? 'found "h2c", which is HTTP/2 without TLS, on a listener with TLS, expected "h2"'
    : 'found "h2", which clients choose by TLS, on a listener without, expected "h2c", or "tls" beside it'
  report.complain(piece, wrong, message)
  return written
}

function adminOf(admin: Authored['admin']): AdminConfig {
  return { host: '127.0.0.1', port: 9901, ...admin, isDefault: admin === undefined }
}

function complainOfClashes(claims: readonly Claim[], report: Report): void {
  for (const [index, claim] of claims.entries()) {
    const rival = claims.slice(0, index).find((other) => isSamePort(claim, other))
    if (!rival) continue
    const place = whereIs(rival.piece, rival.key)
    const message = `found port ${claim.port} twice, expected it once; ${rival.key} has it at ${place}`
    report.complain(claim.piece, claim.key, message)
  }
}

const EVERY_ADDRESS = new Set([undefined, '::', '0.0.0.0'])

function isSamePort(a: Claim, b: Claim): boolean {
  if (a.port !== b.port || a.port === 0) return false
  return a.host === b.host || EVERY_ADDRESS.has(a.host) || EVERY_ADDRESS.has(b.host)
}
