/** A listener that serves nothing itself: the same address on another one (RFC 9110 §15.4.9: the method is kept). */

import { HeaderList } from '#http/header-list'
import type { InboundRequest } from '#sdk/exchange'
import { Reply } from '#sdk/reply'

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 }

export function redirect(
  { host, path, query }: InboundRequest,
  { scheme, port }: { readonly scheme: string; readonly port: number },
): Reply {
  const authority = port === DEFAULT_PORTS[scheme] ? host : `${host}:${port}`
  const location = `${scheme}://${authority}${path === '*' ? '/' : path}${query}`
  return new Reply(308, new HeaderList(['location', location]))
}
