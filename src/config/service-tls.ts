/** The TLS of services: what was written -> PEM text that is known to fit together; and who is called without it. */

import { certificatesIn, CertificateProblem, readClientCertificate } from './certificates.ts'
import type { ServiceConfig } from './config.ts'
import { memberOf } from './origin.ts'
import { type PemReader, whence } from './pem.ts'
import type { Report } from './report.ts'
import { plaintextProblem } from './target.ts'

/** Each with its texts in place of paths. `written`: the services as they were written. */
export async function secureServices(
  services: Readonly<Record<string, ServiceConfig>>,
  written: object,
  pems: PemReader,
  report: Report,
): Promise<Record<string, ServiceConfig>> {
  const secured = await Promise.all(
    Object.entries(services).map(async ([key, service]) => {
      const own = memberOf(written, service.name) as object | undefined
      if (own === undefined) return [key, service] as const // written in place
      checkPlaintext(service, own, report)
      const holder = holderOfTls(service, own)
      if (service.tls === undefined || holder === undefined) return [key, service] as const
      const tls = await compileServiceTls(service.tls, holder, pems, report)
      return [key, { ...service, tls }] as const
    }),
  )
  return Object.fromEntries(secured)
}

function overlayOf({ stage }: ServiceConfig, own: object): object | undefined {
  const stages = stage === undefined ? undefined : memberOf(own, 'stages')
  return stages === undefined ? undefined : (memberOf(stages as object, stage!) as object)
}

/** Of the stage, or of the service. */
function holderOfTls(service: ServiceConfig, own: object): object | undefined {
  const overlay = overlayOf(service, own)
  return ((overlay && memberOf(overlay, 'tls')) ?? memberOf(own, 'tls')) as object | undefined
}

async function compileServiceTls(
  tls: NonNullable<ServiceConfig['tls']>,
  written: object,
  pems: PemReader,
  report: Report,
): Promise<NonNullable<ServiceConfig['tls']>> {
  if (!tls.verify) {
    const message =
      'certificates of this service are NOT VERIFIED: whoever is in between can read and change everything'
    report.warn(written, 'verify', message)
  }
  const { ca, cert, key, ...rest } = tls
  const authorities = ca === undefined ? [] : await pems.readAll(written, 'ca')
  for (const { text, piece, key: at } of authorities) {
    const read = certificatesIn(text)
    if (typeof read === 'string') report.complain(piece, at, `${whence(piece, at)}${read}`)
  }
  const [certText, keyText] = await Promise.all([
    cert === undefined ? undefined : pems.read(written, 'cert'),
    key === undefined ? undefined : pems.read(written, 'key'),
  ])
  if (certText !== undefined && keyText !== undefined) {
    const read = readClientCertificate(certText, keyText, Date.now())
    if (read instanceof CertificateProblem)
      report.complain(written, read.of, `${whence(written, read.of)}${read.what}`)
  }
  return {
    ...rest,
    ...(ca && { ca: authorities.map(({ text }) => text) }),
    ...(certText !== undefined && { cert: certText }),
    ...(keyText !== undefined && { key: keyText }),
  }
}

/** Unencrypted only on the local network, as far as can be seen before names are looked up. */
function checkPlaintext(service: ServiceConfig, own: object, report: Report): void {
  if (service.plaintext) return
  const holder = overlayOf(service, own) ?? own
  const list = memberOf(holder, 'targets')
  for (const [index, { url }] of service.targets.entries()) {
    const message = plaintextProblem(url)
    if (message === undefined) continue
    if (Array.isArray(list)) report.complain(list, index, message)
    else report.complain(holder, 'targets', message)
  }
}
