/** One question to one target: how are you? */

import { request } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Health } from '#config/schema/services'
import { type ConnectionRules, connectionTo } from '#services/connection-to'
import { parseTarget } from '#services/target'

/** Of a reply, no more is read. */
const MAX_BODY_BYTES = 65_536

/** How its calls are made: a check is made the same way. */
interface CheckedService extends ConnectionRules {
  /** The Host asked for, when not the URL's own. */
  readonly authority: string | undefined
}

/** Undefined when it is well; else what is wrong, in words. */
export function checkHealth(
  url: string,
  health: Health,
  service: CheckedService,
): Promise<string | undefined> {
  const target = parseTarget(url)
  if (target === undefined) return Promise.resolve(`${url} is no target`)
  const host = service.authority ?? target.authority
  return new Promise((resolve) => {
    const asked = (target.isSecure ? requestHttps : request)(
      {
        ...flat(connectionTo(target, service, service.authority)),
        path: target.basePath + health.path,
        headers: { host, 'user-agent': 'portcullis-health' },
        agent: false,
        signal: AbortSignal.timeout(health.timeout),
      },
      (reply) => {
        let body = ''
        reply.setEncoding('latin1')
        reply.on('data', (text: string) => {
          if (body.length < MAX_BODY_BYTES) body += text
          else reply.destroy(new Error(`its reply is longer than ${MAX_BODY_BYTES} bytes`))
        })
        reply.on('end', () => resolve(judge(reply.statusCode ?? 0, body, health)))
        reply.on('error', (error) => resolve(error.message))
      },
    )
    asked.on('error', (error) =>
      resolve(
        error.name === 'AbortError' || error.name === 'TimeoutError'
          ? `no answer within ${health.timeout} ms`
          : error.message,
      ),
    )
    asked.end()
  })
}

function judge(status: number, body: string, health: Health): string | undefined {
  const isWell = health.status?.includes(status) ?? (status >= 200 && status < 400)
  if (!isWell) return `status ${status}`
  if (health.body !== undefined && !body.includes(Buffer.from(health.body).toString('latin1')))
    return `its reply lacks ${JSON.stringify(health.body)}`
  return undefined
}

/** As node:https wants it. */
function flat(address: ReturnType<typeof connectionTo>): object {
  if (!('tls' in address) || address.tls === undefined) return address
  const { tls, ...place } = address
  return { ...place, ...tls, ALPNProtocols: undefined }
}
