import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { test } from 'node:test'
import { type Exchange, HeaderList, Identity, KeptBody } from '#sdk/index'
import { fakeAuthenticatorHost } from '../../../test/kit/authenticator-host.ts'
import { exchangeFor } from '../../../test/kit/exchange.ts'
import { signature } from './authenticator.ts'

const NOW_S = 1_700_000_000
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const stranger = generateKeyPairSync('ed25519').privateKey
const KEY = { kid: 'k', alg: 'ed25519', key: publicKey.export({ format: 'jwk' }), consumer: 'acme' }

const VALUES: Record<string, string> = {
  '"@method"': 'POST', '"@authority"': 'gw.test', '"@path"': '/a', '"@query"': '?b=1',
} // prettier-ignore

interface Signing {
  /** Identifiers in the order they are covered, with their values. */
  readonly covers?: Record<string, string>
  readonly params?: string
  readonly key?: KeyObject
  readonly body?: string
  readonly fields?: readonly string[]
}

const digestOf = (body: string) => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`

/** A request signed as the parts say: the base is put together here by hand. */
function signedRequest({
  covers = VALUES,
  params,
  key = privateKey,
  body,
  fields = [],
}: Signing = {}): Exchange {
  const all = body === undefined ? covers : { ...covers, '"content-digest"': digestOf(body) }
  const input = `(${Object.keys(all).join(' ')});${params ?? `created=${NOW_S};keyid="k"`}`
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  const base = [...lines, `"@signature-params": ${input}`].join('\n')
  const given = sign(null, Buffer.from(base), key).toString('base64')
  const headers = new HeaderList([
    'signature-input',
    `s=${input}`,
    'signature',
    `s=:${given}:`,
    ...fields,
  ])
  if (body !== undefined) headers.add('content-digest', digestOf(body))
  const ex = exchangeFor({ method: 'POST', path: '/a', query: '?b=1', headers })
  ex.limits.bufferBytes = 100
  if (body !== undefined) ex.request.body = new KeptBody(Buffer.from(body))
  return ex
}

function verifier(more: object = {}) {
  const host = fakeAuthenticatorHost()
  const authenticator = signature.create(signature.options.parse({ keys: [KEY], ...more }), host)
  return {
    host,
    ask: async (ex: Exchange): Promise<string> => {
      const verdict = await authenticator.authenticate(ex)
      if (verdict === undefined) return 'unknown'
      return verdict instanceof Identity
        ? verdict.consumer!.name
        : `${verdict.fault.code} ${verdict.fault.message}`
    },
  }
}

const REFUSED = /^CREDENTIALS_REFUSED /

test('who signed is known by the key’s consumer', async () => {
  assert.equal(await verifier().ask(signedRequest()), 'acme')
  assert.equal(await verifier().ask(signedRequest({ body: 'hello' })), 'acme')
  assert.equal(await verifier().ask(exchangeFor()), 'unknown')
})

for (const [about, change] of [
  ['method', { method: 'PUT' }],
  ['path', { path: '/b' }],
  ['query', { query: '?b=2' }],
  ['query, which was taken off', { query: '' }],
  ['host', { authority: 'evil.test' }],
  ['stage', { pathPrefix: '/qa' }],
  ['body', { body: new KeptBody(Buffer.from('hellO')) }],
] as const)
  test(`a request with another ${about} is refused`, async () => {
    const ex = signedRequest({ body: 'hello' })
    Object.assign(ex.request, change)
    assert.match(await verifier().ask(ex), REFUSED)
  })

test('what must be covered must be: nothing can be added to what was signed', async () => {
  for (const name of Object.keys(VALUES)) {
    const { [name]: _, ...covers } = VALUES
    assert.match(await verifier().ask(signedRequest({ covers })), /does not cover @/, name)
  }
  const ex = signedRequest()
  ex.request.body = new KeptBody(Buffer.from('x'))
  assert.match(await verifier().ask(ex), /does not cover content-digest/)
})

test('without a query and a body nothing more need be covered; a whole URL says all of it', async () => {
  const { '"@query"': _, ...covers } = VALUES
  const ex = signedRequest({ covers })
  Object.assign(ex.request, { query: '' })
  assert.equal(await verifier().ask(ex), 'acme')
  const whole = { '"@method"': 'POST', '"@target-uri"': 'http://gw.test/a?b=1' }
  assert.equal(await verifier().ask(signedRequest({ covers: whole })), 'acme')
})

test('a port that goes without saying is no part of the authority', async () => {
  const ex = signedRequest()
  Object.assign(ex.request, { authority: 'gw.test:80' })
  assert.equal(await verifier().ask(ex), 'acme')
})

for (const [about, params, problem] of [
  ['is too old', `created=${NOW_S - 300};keyid="k"`, /too old/],
  ['is of the future', `created=${NOW_S + 31};keyid="k"`, /future/],
  ['has expired', `created=${NOW_S};expires=${NOW_S};keyid="k"`, /expired/],
  ['does not say when it was made', 'keyid="k"', /when it was made/],
  ['says so as a text', `created="${NOW_S}";keyid="k"`, /when it was made/],
  ['names no key', `created=${NOW_S}`, /key is not known/],
  ['names another key', `created=${NOW_S};keyid="x"`, /key is not known/],
  ['names another algorithm', `created=${NOW_S};keyid="k";alg="hmac-sha256"`, /another algorithm/],
  ['has a nonce that is no text', `created=${NOW_S};keyid="k";nonce=1`, /nonce/],
] as const)
  test(`a signature that ${about} is refused`, async () => {
    assert.match(await verifier().ask(signedRequest({ params })), problem)
  })

test('a stranger’s key, and a signature that is none, are refused', async () => {
  assert.match(await verifier().ask(signedRequest({ key: stranger })), /of another key/)
  for (const [name, value] of [['signature', 's=:AAAA:'], ['signature', 's="x"'], ['signature', 't=:AAAA:'], ['signature', 's=:'], ['signature-input', 's=(']] as const) {
    const ex = signedRequest()
    ex.request.headers.set(name, value)
    assert.match(await verifier().ask(ex), REFUSED)
    ex.request.headers.delete(name)
    assert.match(await verifier().ask(ex), REFUSED)
  } // prettier-ignore
})

test('a nonce is good once, and is not spent by whoever cannot sign', async () => {
  const params = `created=${NOW_S};keyid="k";nonce="n"`
  const { ask, host } = verifier()
  assert.match(await ask(signedRequest({ params, key: stranger })), REFUSED)
  assert.equal(await ask(signedRequest({ params })), 'acme')
  host.clock.advance(299_000)
  assert.match(await ask(signedRequest({ params })), /here before/)
  assert.match(await verifier({ nonce: 'required' }).ask(signedRequest()), /no nonce/)
})

test('of several signatures one that holds will do, unless a label or a tag says which', async () => {
  const two = (): Exchange => {
    const ex = signedRequest()
    const { headers } = ex.request
    const input = `t=("@method");created=${NOW_S};keyid="x";tag="app"`
    headers.set('signature-input', `${input}, ${headers.get('signature-input')}`)
    headers.set('signature', `t=:AAAA:, ${headers.get('signature')}`)
    return ex
  }
  assert.equal(await verifier().ask(two()), 'acme')
  assert.equal(await verifier({ label: 's' }).ask(two()), 'acme')
  assert.match(await verifier({ label: 't' }).ask(two()), REFUSED)
  assert.match(await verifier({ tag: 'app' }).ask(two()), REFUSED)
  const params = `created=${NOW_S};keyid="k";tag="app"`
  assert.equal(await verifier({ tag: 'app' }).ask(signedRequest({ params })), 'acme')
})

test('a digest must be right, of a hash that is known, and of the whole field', async () => {
  for (const field of [
    'md5=:AAAA:',
    'sha-256=:AAAA:',
    `${digestOf('hello')}, sha-512=:AAAA:`,
    'sha-256="x"',
    '',
  ]) {
    const ex = signedRequest({
      covers: { ...VALUES, '"content-digest"': field },
      fields: ['content-digest', field],
    })
    ex.request.body = new KeptBody(Buffer.from('hello'))
    assert.match(await verifier().ask(ex), REFUSED, field)
  }
  const one = digestOf('hello').slice('sha-256='.length)
  const part = signedRequest({
    covers: { ...VALUES, '"content-digest";key="sha-256"': one },
    fields: ['content-digest', digestOf('hello')],
  })
  part.request.body = new KeptBody(Buffer.from('hello'))
  assert.match(await verifier().ask(part), /does not cover content-digest/)
})

test('a body that is too large to be held is 413, and none is held for a stranger', async () => {
  const body = 'x'.repeat(101)
  const large = (key?: KeyObject): Exchange => {
    const ex = signedRequest({ body, ...(key && { key }) })
    const kept = new KeptBody(Buffer.from(body))
    ex.request.body = { length: 101, start: () => assert.fail('begun'), pause() {}, resume() {}, abort() {} } // prettier-ignore
    assert.equal(kept.length, 101)
    return ex
  }
  await assert.rejects(verifier().ask(large()), { code: 'BODY_TOO_LARGE' })
  assert.match(await verifier().ask(large(stranger)), REFUSED)
})
