/** The kinds of load: what is asked for, how, and how large the right answer is. */

export interface Scenario {
  path: string
  replyBytes: number
  scriptFile?: string
  /** Over TLS; for those that can. */
  isSecure?: true
  /** By HTTP/2, over TLS. */
  isHttp2?: true
  /** Callers show a token and are limited, or are limited alone; for those that can. */
  guard?: 'tokenAndLimit' | 'limit'
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  'proxy-1k': { path: '/1k', replyBytes: 1024 },
  'proxy-64k': { path: '/64k', replyBytes: 65_536 },
  'tls-1k': { path: '/1k', replyBytes: 1024, isSecure: true },
  'http2-1k': { path: '/1k', replyBytes: 1024, isSecure: true, isHttp2: true },
  'limit-1k': { path: '/1k', replyBytes: 1024, guard: 'limit' },
  'stack-1k': { path: '/1k', replyBytes: 1024, guard: 'tokenAndLimit' },
  'post-4k': { path: '/1k', replyBytes: 1024, scriptFile: 'bench/load/post-4k.lua' },
}
