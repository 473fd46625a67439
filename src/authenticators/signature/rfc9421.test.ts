/* oxlint-disable max-lines -- keys and signatures are long */
import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { test } from 'node:test'
import { HeaderList, Identity, type InnerList, KeptBody, parseDictionary } from '#sdk/index'
import { fakeAuthenticatorHost } from '../../../test/kit/authenticator-host.ts'
import { exchangeFor } from '../../../test/kit/exchange.ts'
import { ALGORITHMS } from './algorithms.ts'
import { signature } from './authenticator.ts'
import { signatureBase } from './base.ts'

// The keys and the request of RFC 9421, Appendix B.

const CREATED_S = 1_618_884_473
const BODY = '{"hello": "world"}'
const RSA_PSS = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB
-----END PUBLIC KEY-----`
const ED25519 = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----`
const SHARED =
  'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=='

const KEYS = [
  { kid: 'test-key-rsa-pss', alg: 'rsa-pss-sha512', key: RSA_PSS },
  { kid: 'test-key-ed25519', alg: 'ed25519', key: ED25519 },
  { kid: 'test-shared-secret', alg: 'hmac-sha256', secret: SHARED },
] as const

function request(input: string, given: string) {
  const headers = new HeaderList([
    'date', 'Tue, 20 Apr 2021 02:07:55 GMT', 'content-type', 'application/json',
    'content-digest', 'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
    'signature-input', input, 'signature', given,
  ]) // prettier-ignore
  const ex = exchangeFor({ method: 'POST', path: '/foo', query: '?param=Value&Pet=dog', headers })
  Object.assign(ex.request, { scheme: 'https', authority: 'example.com', host: 'example.com' })
  ex.request.body = new KeptBody(Buffer.from(BODY))
  return ex
}

const B21 = {
  input: 'sig-b21=();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
  given:
    'sig-b21=:d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==:',
}

test('B.2.1: a signature over nothing holds, and is none that is accepted', async () => {
  const ex = request(B21.input, B21.given)
  const base = signatureBase(ex, parseDictionary(B21.input)!.get('sig-b21') as InnerList)
  const bytes = Buffer.from(B21.given.slice(9, -1), 'base64')
  assert.ok(ALGORITHMS['rsa-pss-sha512'].verifies(createPublicKey(RSA_PSS), base as Buffer, bytes))
  assert.equal(await outcome(ex, ['@method']), 'signature: it does not cover @method')
})

async function outcome(
  ex: ReturnType<typeof request>,
  components: readonly string[],
): Promise<string> {
  const host = fakeAuthenticatorHost()
  host.clock.advance((CREATED_S - 1_700_000_000) * 1_000)
  const read = signature.options.parse({ keys: [...KEYS], components: [...components] })
  const verdict = await signature.create(read, host).authenticate(ex)
  return verdict instanceof Identity ? verdict.consumer!.name : verdict!.fault.message
}

for (const [about, components, input, given] of [
  [
    'B.2.2: some components, by RSA-PSS',
    ['@authority', 'content-digest'],
    'sig-b22=("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example"',
    'sig-b22=:LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==:',
  ],
  [
    'B.2.3: all components, by RSA-PSS',
    ['@method', '@authority', '@path', '@query', 'content-digest'],
    'sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss"',
    'sig-b23=:bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==:',
  ],
  [
    'B.2.5: by a shared secret',
    ['@authority'],
    'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
    'sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:',
  ],
  [
    'B.2.6: by Ed25519',
    ['@method', '@path', '@authority'],
    'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
    'sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:',
  ],
] as const)
  test(about, async () => {
    const kid = /keyid="([^"]*)"/.exec(input)![1]!
    assert.equal(await outcome(request(input, given), components), kid)
    const changed = request(input, given)
    Object.assign(changed.request, { authority: 'example.org' })
    assert.match(await outcome(changed, components), /of another key, or of another request/)
  })
