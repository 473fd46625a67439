/** `tenant`: which customer a request belongs to, by the host it asks for. The service is told; who is unknown is refused. */

import { defineFilter, Fault, headerName, z } from 'portcullis'

const label = z.string().regex(/^[a-z0-9-]+$/, { error: 'expected a label such as acme' })

export const tenant = defineFilter({
  name: 'tenant',
  summary: 'Lets in known tenants alone, and tells the service which one it is',
  phase: 'authenticate',
  protects: true, // `check` warns of every route that switches it off

  options: z.strictObject({
    domain: z
      .string()
      .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, { error: 'expected a domain such as shop.example' })
      .describe('Tenants are the names right below it'),
    known: z.array(label).min(1).describe('Their names'),
    header: headerName().default('x-tenant').describe('Where the service reads it'),
  }),

  create({ domain, known, header }) {
    const byHost = new Map(known.map((name) => [`${name}.${domain}`, name]))
    return {
      onRequest({ request, forward }) {
        const name = byHost.get(request.host)
        // The client gets 421 and the fault's code; the words go to the log.
        if (name === undefined) throw new Fault('MISDIRECTED', `${request.host} is no tenant's`)
        const headers = (forward.headers ??= request.headers.copy())
        // What the client sent under that name is no word of ours. Some services read x_tenant as x-tenant.
        for (const [sent] of headers.copy()) if (isSame(sent, header)) headers.delete(sent)
        headers.set(header, name)
      },
    }
  },
})

function isSame(name: string, other: string): boolean {
  return name.replaceAll('_', '-') === other.replaceAll('_', '-')
}
