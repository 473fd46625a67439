/** Certificates and keys as they were written -> PEM text that fits together, or what is wrong with it. */

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'

export interface Certificate {
  /** The certificate itself first, then those that lead towards its root. */
  readonly cert: string
  readonly key: string
  /** DNS names and addresses it is for, lower case; `*.name` as written. */
  readonly names: readonly string[]
  /** `rsa`, `ec` …: a server may have one of each for the same name. */
  readonly keyType: string
}

/** What is wrong, in words, and with which of the two. */
export class CertificateProblem {
  readonly of: 'cert' | 'key'
  readonly what: string

  constructor(of: 'cert' | 'key', what: string) {
    this.of = of
    this.what = what
  }
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g

/** The PEM blocks of one kind. */
function blocksOf(text: string, kind: RegExp): string[] {
  return [...text.matchAll(BLOCK)].filter(([, name]) => kind.test(name!)).map(([block]) => block)
}

export function certificatesIn(text: string): X509Certificate[] | string {
  const blocks = blocksOf(text, /^(?:TRUSTED |X509 )?CERTIFICATE$/)
  if (blocks.length === 0)
    return 'found no certificate, expected PEM text that begins "-----BEGIN CERTIFICATE-----"'
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch (thrown) {
    return `found a certificate that cannot be read (${wordsOf(thrown)})`
  }
}

/** A certificate that clients are shown. `now`: milliseconds since 1970. */
export function readCertificate(
  cert: string,
  key: string,
  now: number,
): Certificate | CertificateProblem {
  const read = readClientCertificate(cert, key, now)
  if (read instanceof CertificateProblem || read.names.length > 0) return read
  const what = `found a certificate without a name in it (subjectAltName), which no client accepts: ${read.subject}`
  return new CertificateProblem('cert', what)
}

/** A certificate with its chain and its key, such as this gateway shows to others. */
export function readClientCertificate(
  cert: string,
  key: string,
  now: number,
): (Certificate & { readonly subject: string }) | CertificateProblem {
  const chain = certificatesIn(cert)
  if (typeof chain === 'string') return new CertificateProblem('cert', chain)
  const problem = problemOfChain(chain, now)
  if (problem !== undefined) return new CertificateProblem('cert', problem)
  const [leaf] = chain as [X509Certificate]
  let own: KeyObject
  try {
    own = createPrivateKey(key)
  } catch (thrown) {
    return new CertificateProblem(
      'key',
      `found no private key that can be read (${wordsOf(thrown)})`,
    )
  }
  if (!leaf.checkPrivateKey(own))
    return new CertificateProblem(
      'key',
      `found a key that is not the one of the certificate for ${namesOf(leaf).join(', ') || shown(leaf)}`,
    )
  const names = namesOf(leaf)
  const keyType = own.asymmetricKeyType ?? 'unknown'
  return { cert, key, names, keyType, subject: shown(leaf) }
}

function problemOfChain(chain: readonly X509Certificate[], now: number): string | undefined {
  for (const [n, certificate] of chain.entries()) {
    if (now >= certificate.validToDate.getTime())
      return `found a certificate that ended ${dayOf(certificate.validToDate)}: ${shown(certificate)}`
    if (now < certificate.validFromDate.getTime())
      return `found a certificate that begins ${dayOf(certificate.validFromDate)}: ${shown(certificate)}`
    const next = chain[n + 1]
    if (next !== undefined && !certificate.checkIssued(next))
      return `found ${shown(next)} behind ${shown(certificate)}, expected the one that issued it: ${oneLine(certificate.issuer)}`
  }
  return undefined
}

function namesOf({ subjectAltName = '' }: X509Certificate): string[] {
  return [...subjectAltName.matchAll(/(?:DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]+)/g)].map(
    ([, name]) => name!.replaceAll('"', '').trim().toLowerCase(),
  )
}

function shown({ subject, serialNumber }: X509Certificate): string {
  return oneLine(subject) || `the one numbered ${serialNumber}`
}

function oneLine(name: string): string {
  return name.replaceAll('\n', ', ')
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10)
}

function wordsOf(thrown: unknown): string {
  const { code, message } = thrown as { code?: string; message: string }
  return code?.startsWith('ERR_OSSL') ? message.replace(/^error:[^:]*:[^:]*::?/, '') : message
}
