/** The certificate of a client: what its handshake showed, or what a trusted proxy passed on (RFC 9440). */

import { hash, X509Certificate } from 'node:crypto'
import type { HeaderList } from '#http/header-list'
import type { ClientCertificate } from '#sdk/exchange'

export function certificateOf({
  raw,
  subject,
  issuer,
  subjectAltName,
}: X509Certificate): ClientCertificate {
  return {
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    names: subjectAltName === undefined ? [] : namesIn(subjectAltName),
    fingerprint: hash('sha256', raw, 'hex'),
    der: raw,
  }
}

/** Undefined when there is none, or none that can be read: then nobody was shown to be anyone. */
export function certificateToldBy(headers: HeaderList): ClientCertificate | undefined {
  const told = headers.all('client-cert')
  const base64 = told.length === 1 ? /^:([A-Za-z0-9+/]+=*):$/.exec(told[0]!)?.[1] : undefined
  if (base64 === undefined) return undefined
  try {
    return certificateOf(new X509Certificate(Buffer.from(base64, 'base64')))
  } catch {
    return undefined
  }
}

function oneLine(name: string): string {
  return name.replaceAll('\n', ', ')
}

/** A name with a comma or a quote in it stands in quotes, escaped as in JSON. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/([\w ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g)].map(
    ([, kind, name]) =>
      `${kind!.trim()}:${name!.startsWith('"') ? (JSON.parse(name!) as string) : name!}`,
  )
}
