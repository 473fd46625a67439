/** `basic`: a name and a password (RFC 7617), for tools and people that know nothing better. */

import { createHmac, randomBytes } from 'node:crypto'
import {
  type Awaitable,
  defineAuthenticator,
  Fault,
  Identity,
  isPending,
  oneOrMore,
  Refusal,
  type Verdict,
  z,
} from '#sdk/index'
import { parsePassword, type Password, Passwords } from './passwords.ts'

const user = z.strictObject({
  name: z
    .string()
    .regex(/^[^:\p{Cc}]{1,256}$/u, { error: 'expected a name without ":"' })
    .describe('The consumer’s name'),
  password: z
    .string()
    .min(8, { error: 'expected a password of at least 8 characters' })
    .refine((text) => parsePassword(text) !== undefined, {
      error: 'expected scrypt:N:r:p:salt:hash, as `portcullis key hash --password` prints it',
    })
    .describe('A secret: the password, or what `portcullis key hash --password` prints'),
})

/** So many good ones are known again without asking; what is long ago is asked again. */
const MAX_KNOWN = 1_000
const KNOWN_MS = 300_000

export const basic = defineAuthenticator({
  name: 'basic',
  summary: 'Names and passwords, as browsers and curl ask for them',
  secrets: ['password'],

  options: z.strictObject({
    users: oneOrMore(user).describe('Who may call'),
    realm: z
      .string()
      .regex(/^[ !#-[\]-~]{1,100}$/, { error: 'expected a text without quotes' })
      .prefault('api')
      .describe('What browsers show when they ask'),
  }),

  create({ users, realm }, { clock, consumers, keep }) {
    const passwords = new Map(users.map(({ name, password }) => [name, parsePassword(password)!]))
    const nobody =
      [...passwords.values()].find(({ kind }) => kind === 'scrypt') ?? [...passwords.values()][0]!
    const challenge = `Basic realm="${realm}", charset="UTF-8"`
    const state = keep('passwords', () => ({
      key: randomBytes(32),
      known: new Map<string, number>(),
      passwords: new Passwords(),
    }))
    const refusal = (): Refusal => new Refusal(new Fault('CREDENTIALS_REFUSED'), challenge)

    /** Takes as long for a name that is nobody's. */
    const check = (name: string, secret: string): Awaitable<boolean> => {
      const password: Password | undefined = passwords.get(name)
      const right = state.passwords.isRight(password ?? nobody, secret)
      if (password !== undefined) return right
      return isPending(right) ? right.then(() => false) : false
    }

    return {
      carriers: { headers: ['authorization'] },
      challenge,
      authenticate(ex): Awaitable<Verdict> {
        const pair = credentialsIn(ex.request.headers.joined('authorization'))
        if (pair === undefined) return undefined
        if (pair === 'malformed') return refusal()
        const [name, secret] = pair
        const seal = createHmac('sha256', state.key).update(`${name}:${secret}`).digest('base64')
        const now = clock.now()
        const identity = (): Identity => new Identity(consumers.named(name), { credential: name })
        if ((state.known.get(seal) ?? 0) > now) return identity()
        const settle = (isRight: boolean): Verdict => {
          if (!isRight) return refusal()
          if (state.known.size >= MAX_KNOWN) state.known.clear()
          state.known.set(seal, now + KNOWN_MS)
          return identity()
        }
        const right = check(name, secret)
        return isPending(right) ? right.then(settle) : settle(right)
      },
    }
  },
})

function credentialsIn(
  field: string | undefined,
): [name: string, secret: string] | 'malformed' | undefined {
  if (field === undefined || !/^basic /i.test(field)) return undefined
  const [, code] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(field) ?? []
  const text = code === undefined ? '' : Buffer.from(code, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0 || text.length > 2_048) return 'malformed'
  return [text.slice(0, colon), text.slice(colon + 1)]
}
