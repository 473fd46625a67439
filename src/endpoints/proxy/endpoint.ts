/** `to`: passes the request on to a service, and its reply back. */

import { defineEndpoint, z } from '#sdk/index'

const SERVICE = /^[a-zA-Z][\w-]*$/

export const proxy = defineEndpoint({
  name: 'to',
  summary: 'Passes the request on to a service, and its reply back',
  options: z.string().refine((to) => SERVICE.test(to) || isTarget(to), {
    error: 'expected the name of a service, http://host:port/base or unix:/path/to.sock',
  }),
  references: (to) => [isTarget(to) ? { kind: 'target', url: to } : { kind: 'service', name: to }],
  create(to, host) {
    const service = host.service(to)
    return (ex) => {
      const { request, forward } = ex
      return service.call(ex, {
        method: request.method,
        path: forward.path,
        query: forward.query,
        headers: forward.headers ?? request.headers,
        body: request.body,
        expectContinue: request.expectsContinue,
        takesTrailers: request.takesTrailers,
      })
    }
  },
})

function isTarget(to: string): boolean {
  return /^(?:https?:\/\/|unix:)/.test(to)
}
