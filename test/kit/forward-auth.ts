/** `forwardAuth` beside an auth server that says whatever the test wants. */

import { HeaderList, Reply, type Verdict } from '#sdk/index'
import { forwardAuth } from '../../src/authenticators/forward-auth/authenticator.ts'
import { type FakeParts, fakeAuthenticatorHost } from './authenticator-host.ts'
import { type Asked, exchangeFor } from './exchange.ts'

type Written = Parameters<typeof forwardAuth.options.parse>[0]

export function asking(call: FakeParts['call'], more: object = {}) {
  const written: Written = {
    url: 'http://auth.test/check?a=1',
    send: ['authorization', 'cookie'],
    ...more,
  }
  const host = fakeAuthenticatorHost({ call: call ?? (() => new Reply(204)) })
  const authenticator = forwardAuth.create(forwardAuth.options.parse(written), host)
  const ask = (asked: Asked = {}): Promise<Verdict> =>
    Promise.resolve(authenticator.authenticate(exchangeFor(asked)))
  return { host, authenticator, ask }
}

export const yes = (...flat: string[]) => new Reply(200, new HeaderList(flat), 'fine')
