/** Exchanges for the tests of filters and endpoints: a request that came, and no connection behind it. */

import { HeaderList } from '#http/header-list'
import { NO_PARAMS, type Params } from '#sdk/params'
import type { Consumer, Exchange, Slot } from '#sdk/exchange'
import type { Host } from '#sdk/filter'

export interface Asked {
  readonly method?: string
  readonly path?: string
  readonly query?: string
  readonly headers?: HeaderList
  readonly params?: Params
  readonly upgrade?: 'websocket'
  readonly consumer?: Consumer
  readonly claims?: Exchange['claims']
}

export function exchangeFor(asked: Asked = {}): Exchange {
  const { method = 'GET', path = '/', query = '', params = NO_PARAMS } = asked
  const slots = new Map<Slot<unknown>, unknown>()
  const request = {
    listener: 'main',
    method,
    scheme: 'http' as const,
    authority: 'gw.test',
    host: 'gw.test',
    path,
    pathPrefix: '',
    query,
    headers: asked.headers ?? new HeaderList(),
    body: undefined,
    expectsContinue: false,
    takesTrailers: false,
    upgrade: asked.upgrade,
  }
  return {
    id: '0'.repeat(32),
    client: { ip: '192.0.2.1', peer: '192.0.2.1', trusted: false },
    request,
    forward: { path, query },
    limits: { bodyTimeoutMs: 0, bufferBytes: 0, takeTunnel: () => true },
    params,
    route: 'route',
    consumer: asked.consumer,
    claims: asked.claims,
    scopes: undefined,
    credential: '',
    replied: undefined,
    shadowed: undefined,
    stage: '',
    get: <T>(slot: Slot<T>) => slots.get(slot) as T | undefined,
    set: (slot, value) => void slots.set(slot, value),
    hopLines: () => '',
    called() {},
    answeredBy() {},
    onGone() {},
    informational() {},
  }
}

export const quietHost: Host = {
  clock: { now: () => 0, wall: () => 0, shared: () => 0 },
  log: { warn() {}, error() {} },
  route: 'route',
  stage: '',
  phase: 'transform',
  endpoint: 'to',
  plans: [],
  store: (name) => {
    throw new Error(`no store is called ${name}`)
  },
  storeFailed() {},
  wouldRefuse() {},
  authenticator: (name) => {
    throw new Error(`no authenticator is called ${name}`)
  },
}
