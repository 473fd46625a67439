/** `clientCertificate`: callers are known by the certificate that they showed the listener. */

import { X509Certificate } from 'node:crypto'
import {
  type ClientCertificate,
  defineAuthenticator,
  Fault,
  Identity,
  Refusal,
  z,
} from '#sdk/index'

const READERS = {
  commonName: ({ der }) =>
    /^CN=(.+)$/m.exec(new X509Certificate(der).subject)?.[1]?.replaceAll(/\\(.)/g, '$1'),
  subject: ({ subject }) => subject,
  dns: (certificate) => nameOf(certificate, 'DNS:'),
  email: (certificate) => nameOf(certificate, 'email:'),
  uri: (certificate) => nameOf(certificate, 'URI:'),
  fingerprint: ({ fingerprint }) => fingerprint,
} satisfies Record<string, (certificate: ClientCertificate) => string | undefined>

const NAMES = Object.keys(READERS) as (keyof typeof READERS)[]

export const clientCertificate = defineAuthenticator({
  name: 'clientCertificate',
  summary: 'Certificates of clients, as the listener’s tls takes them',

  options: z.strictObject({
    consumer: z
      .enum(NAMES)
      .prefault('commonName')
      .describe('Which of its names is the consumer’s: the first there is of that kind'),
  }),

  create({ consumer }, { consumers }) {
    /** A connection shows one for all of its requests. */
    const read = new WeakMap<ClientCertificate, Identity | Refusal>()

    const identityOf = (certificate: ClientCertificate): Identity | Refusal => {
      const { subject, issuer, names, fingerprint } = certificate
      const name = READERS[consumer](certificate)
      if (name === undefined)
        return new Refusal(
          new Fault('CREDENTIALS_REFUSED', `the certificate of ${subject} has no ${consumer}`),
        )
      return new Identity(consumers.named(name), {
        claims: { subject, issuer, names: [...names], fingerprint },
        credential: fingerprint.slice(0, 16),
      })
    }

    return {
      carriers: {},
      challenge: 'Certificate realm="api"',
      authenticate({ client: { certificate } }) {
        if (certificate === undefined) return undefined
        const identity = read.get(certificate) ?? identityOf(certificate)
        read.set(certificate, identity)
        return identity
      },
    }
  },
})

function nameOf({ names }: ClientCertificate, kind: string): string | undefined {
  return names.find((name) => name.startsWith(kind))?.slice(kind.length)
}
