import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { HeaderList, Identity, KeptBody, Refusal } from '#sdk/index'
import { fakeAuthenticatorHost } from '../../../test/kit/authenticator-host.ts'
import { exchangeFor } from '../../../test/kit/exchange.ts'
import { webhook } from './authenticator.ts'

type Written = Parameters<typeof webhook.options.parse>[0]

function receiver(written: Written, nowS = 1_700_000_000) {
  const host = fakeAuthenticatorHost({ name: 'sender' })
  host.clock.advance((nowS - 1_700_000_000) * 1_000)
  const authenticator = webhook.create(webhook.options.parse(written), host)
  return {
    host,
    /** 'unknown' shows nothing; a name is accepted; else the code. */
    take: async (fields: readonly string[], body = '', bufferBytes = 1_000): Promise<string> => {
      const ex = exchangeFor({ method: 'POST', headers: new HeaderList([...fields]) })
      ex.limits.bufferBytes = bufferBytes
      const kept = new KeptBody(Buffer.from(body))
      ex.request.body = { length: kept.length, start: (sink) => kept.start(sink), pause() {}, resume() {}, abort() {} } // prettier-ignore
      const verdict = await authenticator.authenticate(ex)
      if (verdict === undefined) return 'unknown'
      if (verdict instanceof Refusal) return verdict.fault.code
      assert.ok(verdict instanceof Identity)
      assert.equal(String((ex.request.body as KeptBody).bytes), body, 'the service gets the same')
      return verdict.consumer!.name
    },
  }
}

const hmac = (secret: string | Buffer, text: string, algorithm = 'sha256') =>
  createHmac(algorithm, secret).update(text).digest()

// Examples that the senders publish themselves.

test('GitHub’s own example', async () => {
  const { take } = receiver({ scheme: 'github', secret: "It's a Secret to Everybody" })
  const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
  assert.equal(await take(['x-hub-signature-256', signature], 'Hello, World!'), 'sender')
  assert.equal(
    await take(['x-hub-signature-256', signature], 'Hello, World?'),
    'CREDENTIALS_REFUSED',
  )
})

test('Slack’s own example', async () => {
  const { take } = receiver(
    { scheme: 'slack', secret: '8f742231b10e8888abcd99yyyzzz85a5' },
    1_531_420_618,
  )
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
    '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com' +
    '%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
  const signature = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503'
  const fields = ['x-slack-request-timestamp', '1531420618', 'x-slack-signature', signature]
  assert.equal(await take(fields, body), 'sender')
})

const STANDARD = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const STANDARD_FIELDS = [
  'webhook-id', 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp', '1614265330',
  'webhook-signature', 'v1a,x v1,eCUX v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
] // prettier-ignore

test('the example of Standard Webhooks, beside signatures of other versions and secrets', async () => {
  const { take } = receiver({ scheme: 'standard', secret: STANDARD }, 1_614_265_330)
  assert.equal(await take(STANDARD_FIELDS, '{"test": 2432232314}'), 'sender')
})

const SECRET = 'whsec_of_stripe_1234'
const stripe = (timeS: number, body: string, secret = SECRET) =>
  `t=${timeS},v1=${'0'.repeat(64)},v1=${hmac(secret, `${timeS}.${body}`).toString('hex')},v0=6ffb`

test('Stripe’s scheme: any of its signatures', async () => {
  const { take } = receiver({ scheme: 'stripe', secret: SECRET })
  const now = 1_700_000_000
  assert.equal(await take(['stripe-signature', stripe(now, '{}')], '{}'), 'sender')
  const other = stripe(now, '{}', 'another secret of theirs')
  assert.equal(await take(['stripe-signature', other], '{}'), 'CREDENTIALS_REFUSED')
})

test('what was signed too long ago, or in the future, is refused before its body is asked for', async () => {
  const { take } = receiver({ scheme: 'stripe', secret: SECRET })
  for (const [offS, verdict] of [
    [-300, 'sender'],
    [300, 'sender'],
    [-301, 'CREDENTIALS_REFUSED'],
    [301, 'CREDENTIALS_REFUSED'],
  ] as const)
    // prettier-ignore
    assert.equal(await take(['stripe-signature', stripe(1_700_000_000 + offS, 'x')], 'x'), verdict)
  const old = ['stripe-signature', stripe(1_600_000_000, 'xx')]
  assert.equal(await take(old, 'xx', 1), 'CREDENTIALS_REFUSED')
})

test('the same message a second time is a replay; another of the same words is not', async () => {
  const { take, host } = receiver({ scheme: 'stripe', secret: SECRET })
  const fields = ['stripe-signature', stripe(1_700_000_000, 'x')]
  assert.equal(await take(fields, 'x'), 'sender')
  assert.equal(await take(fields, 'x'), 'CREDENTIALS_REFUSED')
  assert.equal(await take(['stripe-signature', stripe(1_700_000_001, 'x')], 'x'), 'sender')
  host.clock.advance(290_000)
  assert.equal(await take(fields, 'x'), 'CREDENTIALS_REFUSED')
})

test('GitHub sends the same again when asked to', async () => {
  const { take } = receiver({ scheme: 'github', secret: SECRET })
  const fields = ['x-hub-signature-256', `sha256=${hmac(SECRET, 'x').toString('hex')}`]
  assert.equal(await take(fields, 'x'), 'sender')
  assert.equal(await take(fields, 'x'), 'sender')
})

test('a second secret holds while the first changes', async () => {
  const { take } = receiver({ scheme: 'github', secret: ['the new one, rather long', SECRET] })
  const fields = ['x-hub-signature-256', `sha256=${hmac(SECRET, 'x').toString('hex')}`]
  assert.equal(await take(fields, 'x'), 'sender')
})

test('a body that is too large to be held is 413, and no signature is a caller unknown', async () => {
  const { take } = receiver({ scheme: 'github', secret: SECRET })
  await assert.rejects(take(['x-hub-signature-256', `sha256=${'0'.repeat(64)}`], 'xx', 1), {
    code: 'BODY_TOO_LARGE',
  })
  assert.equal(await take([], 'xx'), 'unknown')
})

for (const [about, fields] of [
  ['of another form', ['x-hub-signature-256', 'sha1=00']],
  ['that is empty', ['x-hub-signature-256', '']],
  ['that is no hex', ['x-hub-signature-256', `sha256=${'z'.repeat(64)}`]],
  ['that is too short', ['x-hub-signature-256', 'sha256=00']],
  [
    'that stands there twice',
    ['x-hub-signature-256', 'sha256=00', 'x-hub-signature-256', 'sha256=00'],
  ],
] as const)
  test(`a signature ${about} is refused`, async () => {
    assert.equal(
      await receiver({ scheme: 'github', secret: SECRET }).take(fields, 'x'),
      'CREDENTIALS_REFUSED',
    )
  })

for (const [about, change] of [
  ['no id', ['webhook-id', undefined]],
  ['an id with a dot, which could hide a part of the time', ['webhook-id', 'a.1']],
  ['no time', ['webhook-timestamp', undefined]],
  ['a time that is no number', ['webhook-timestamp', '0x60380532']],
  ['another id', ['webhook-id', 'msg_other']],
  ['another time', ['webhook-timestamp', '1614265331']],
] as const)
  test(`a message of Standard Webhooks with ${about} is refused`, async () => {
    const { take } = receiver({ scheme: 'standard', secret: STANDARD }, 1_614_265_330)
    const list = new HeaderList([...STANDARD_FIELDS])
    list.delete(change[0])
    if (change[1] !== undefined) list.add(change[0], change[1])
    assert.equal(await take(list.flat, '{"test": 2432232314}'), 'CREDENTIALS_REFUSED')
  })

test('a way of one’s own: field, hash, spelling, time', async () => {
  const own = { header: 'x-sum', algorithm: 'sha512', encoding: 'base64', prefix: 'a:', secret: SECRET, consumer: 'acme' } as const // prettier-ignore
  const plain = receiver(own)
  const signature = `a:${hmac(SECRET, 'x', 'sha512').toString('base64')}`
  assert.equal(await plain.take(['x-sum', signature], 'x'), 'acme')
  assert.equal(await plain.take(['x-sum', signature.slice(2)], 'x'), 'CREDENTIALS_REFUSED')
  const timed = receiver({ ...own, timestamp: 'x-time', signed: '{timestamp}|{body}|{timestamp}' })
  const now = '1700000000'
  const over = `a:${hmac(SECRET, `${now}|x|${now}`, 'sha512').toString('base64')}`
  assert.equal(await timed.take(['x-sum', over, 'x-time', now], 'x'), 'acme')
  assert.equal(await timed.take(['x-sum', over], 'x'), 'CREDENTIALS_REFUSED')
})

for (const [about, written] of [
  ['neither a scheme nor a field', { secret: SECRET }],
  ['both', { scheme: 'github', header: 'x-a', secret: SECRET }],
  ['a scheme that is none', { scheme: 'gitlab', secret: SECRET }],
  ['a short secret', { scheme: 'github', secret: 'short' }],
  [
    'a secret of Standard Webhooks that is none',
    { scheme: 'standard', secret: 'not in base64, to be sure' },
  ],
  ['a hash beside a scheme', { scheme: 'github', algorithm: 'sha512', secret: SECRET }],
  ['a tolerance where there is no time', { scheme: 'github', tolerance: '1m', secret: SECRET }],
  ['what is signed without the body', { header: 'x-a', signed: 'x', secret: SECRET }],
  [
    'what is signed with a time that stands nowhere',
    { header: 'x-a', signed: '{timestamp}{body}', secret: SECRET },
  ],
] as const)
  test(`refused: ${about}`, () => {
    assert.equal(webhook.options.safeParse(written).success, false)
  })
