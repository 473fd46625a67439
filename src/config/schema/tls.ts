/** TLS of a listener and of a service: certificates, how strict it is, and who the others must be. */

import { z } from 'zod'
import { oneOrMore } from '#sdk/schema'

/** A path of the file system, or the text itself. */
const pem = () => z.string().min(1, { error: 'expected the path of a PEM file, or its text' })

const certificate = z.strictObject({
  cert: pem().describe('The certificate, then those that lead to its root: a path, or PEM text'),
  key: pem().describe('Its private key: a path, or ${env:NAME} with the PEM text'),
})

export const listenerTls = z.strictObject({
  certificates: oneOrMore(certificate).describe(
    'Picked by the names inside; the first is for all others',
  ),
  profile: z
    .enum(['modern', 'intermediate'])
    .prefault('intermediate')
    .describe('modern: TLS 1.3 alone; intermediate: 1.2 as well, with forward secrecy'),
  clientCertificates: z
    .strictObject({
      ca: oneOrMore(pem()).describe('Who issues them: paths, or PEM text'),
      mode: z
        .enum(['required', 'optional'])
        .prefault('required')
        .describe('optional: a client without one is let in; one with a wrong one never is'),
      crl: oneOrMore(pem()).optional().describe('Which are revoked: paths, or PEM text'),
    })
    .optional()
    .describe('Clients show certificates of their own'),
})

export const serviceTls = z
  .strictObject({
    ca: oneOrMore(pem())
      .optional()
      .describe(
        'Who may have issued its certificate: paths, or PEM text; else those of the system',
      ),
    cert: pem().optional().describe('What it is shown: a path, or PEM text'),
    key: pem().optional().describe('Its private key: a path, or ${env:NAME} with the PEM text'),
    serverName: z
      .string()
      .regex(/^[\w.-]+$/, { error: 'expected a host name' })
      .optional()
      .describe("Whom to ask for, and to expect, in place of the target's own name"),
    minVersion: z
      .enum(['TLSv1.2', 'TLSv1.3'])
      .prefault('TLSv1.2')
      .describe('The oldest version that will do'),
    verify: z
      .boolean()
      .prefault(true)
      .describe('false: whoever answers is taken for the service. Never where others could answer'),
  })
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), {
    error: 'expected both cert and key, or neither',
  })

export type ServiceTlsConfig = z.output<typeof serviceTls>
