/** `clientCertificate`: a route that wants one, and a service that is told whose it was (RFC 9440). */

import { defineFilter, Fault, replyToFault, z } from '#sdk/index'

const long = z.strictObject({
  required: z.boolean().prefault(true).describe('Who shows none is refused'),
  forward: z
    .boolean()
    .prefault(false)
    .describe('The service gets it in Client-Cert, as it came (RFC 9440)'),
})

export const clientCertificate = defineFilter({
  name: 'clientCertificate',
  summary: 'Clients show a certificate of their own, by what the listener’s tls says of them',
  phase: 'authenticate',
  protects: true,

  options: z.union([z.literal(true).transform(() => long.parse({})), long]),

  create: ({ required, forward }) => ({
    onRequest(ex) {
      const { certificate } = ex.client
      if (certificate === undefined)
        return required ? replyToFault(new Fault('CLIENT_CERTIFICATE_REQUIRED')) : undefined
      if (forward) {
        const list = (ex.forward.headers ??= ex.request.headers.copy())
        list.set('client-cert', `:${certificate.der.toString('base64')}:`)
      }
      return undefined
    },
  }),
})
