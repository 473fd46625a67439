/** The TLS of listeners: what was written -> PEM text that is known to fit together. */

import type { z } from 'zod'
import {
  CertificateProblem,
  type Certificate,
  certificatesIn,
  readCertificate,
} from './certificates.ts'
import { memberOf } from './origin.ts'
import { type PemReader, whence } from './pem.ts'
import type { Report } from './report.ts'
import type { listenerTls } from './schema/tls.ts'

export interface TlsConfig {
  /** At least one. */
  readonly certificates: readonly Certificate[]
  readonly profile: 'modern' | 'intermediate'
  readonly clients?:
    | {
        readonly mode: 'required' | 'optional'
        readonly ca: readonly string[]
        readonly crl?: readonly string[]
      }
    | undefined
}

/** Undefined when what is there is not enough to serve by; that was said. `written`: the mapping `tls`. */
export async function compileTls(
  { profile, clientCertificates }: z.output<typeof listenerTls>,
  written: object,
  pems: PemReader,
  report: Report,
): Promise<TlsConfig | undefined> {
  const list = memberOf(written, 'certificates') as object
  const pieces = (Array.isArray(list) ? list : [list]) as readonly object[]
  const read = await Promise.all(pieces.map((piece) => compileCertificate(piece, pems, report)))
  const certificates = read.filter((certificate) => certificate !== undefined)
  const clients =
    clientCertificates &&
    (await compileClients(
      clientCertificates.mode,
      memberOf(written, 'clientCertificates') as object,
      pems,
      report,
    ))
  return certificates.length === 0 ? undefined : { certificates, profile, clients }
}

async function compileCertificate(
  piece: object,
  pems: PemReader,
  report: Report,
): Promise<Certificate | undefined> {
  const [cert, key] = await Promise.all([pems.read(piece, 'cert'), pems.read(piece, 'key')])
  if (cert === undefined || key === undefined) return undefined
  const read = readCertificate(cert, key, Date.now())
  if (!(read instanceof CertificateProblem)) return read
  report.complain(piece, read.of, `${whence(piece, read.of)}${read.what}`)
  return undefined
}

async function compileClients(
  mode: 'required' | 'optional',
  written: object,
  pems: PemReader,
  report: Report,
): Promise<TlsConfig['clients']> {
  const ca = await pems.readAll(written, 'ca')
  for (const { text, piece, key } of ca) {
    const read = certificatesIn(text)
    if (typeof read === 'string') report.complain(piece, key, `${whence(piece, key)}${read}`)
  }
  const crl = memberOf(written, 'crl') === undefined ? [] : await pems.readAll(written, 'crl')
  for (const { text, piece, key } of crl) {
    if (text.includes('-----BEGIN X509 CRL-----')) continue
    const expected =
      'found no list of revoked certificates, expected PEM text that begins "-----BEGIN X509 CRL-----"'
    report.complain(piece, key, `${whence(piece, key)}${expected}`)
  }
  return {
    mode,
    ca: ca.map(({ text }) => text),
    ...(crl.length > 0 && { crl: crl.map(({ text }) => text) }),
  }
}
