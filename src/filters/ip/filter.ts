/** `ip`: which addresses may call. */

import { defineFilter, Fault, isNetwork, Networks, oneOrMore, z } from '#sdk/index'

const networks = () =>
  oneOrMore(
    z.string().refine(isNetwork, {
      error: 'expected an address or a network, such as 10.0.0.0/8 or fd00::/8',
    }),
  ).optional()

export const ip = defineFilter({
  name: 'ip',
  summary: 'Addresses that may call, and those that may not',
  phase: 'shield',
  protects: true,
  ofUnmatched: true,

  options: z
    .strictObject({
      allow: networks().describe('These alone may call'),
      deny: networks().describe('These may not, whatever `allow` says'),
    })
    .refine(({ allow, deny }) => allow !== undefined || deny !== undefined, {
      error: 'expected allow or deny',
    }),

  create({ allow, deny = [] }) {
    const allowed = allow && new Networks(allow)
    const denied = new Networks(deny)
    return {
      onRequest({ client }) {
        if (denied.has(client.ip) || allowed?.has(client.ip) === false)
          throw new Fault('ADDRESS_NOT_ALLOWED', `the client's address is ${client.ip}`)
      },
    }
  },
})
