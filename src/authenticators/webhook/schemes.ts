/** How senders sign what they send: where the signature stands, and what it is over. */

import type { HeaderList } from '#sdk/index'
import type { Options } from './options.ts'

/** What a request shows. */
export interface Shown {
  /** Any of them may be of our secret: senders that change theirs send two. */
  readonly signatures: readonly Buffer[]
  /** Signed in front of the body, and behind it. */
  readonly before: string
  readonly after: string
  /** When it was signed, as it is written; undefined where the scheme does not say. */
  readonly timestamp: string | undefined
}

export interface Scheme {
  readonly algorithm: 'sha1' | 'sha256' | 'sha384' | 'sha512'
  readonly hasTime: boolean
  readonly keyOf: (secret: string) => Buffer
  /** Undefined: it shows no signature. A text: what is wrong with what it shows. */
  readonly read: (headers: HeaderList) => Shown | string | undefined
}

/** Of one request: more are no change of a secret. */
const MAX_SIGNATURES = 8

const asText = (secret: string): Buffer => Buffer.from(secret)
const HEX = { encoding: 'hex', form: /^(?:[0-9a-f]{2})+$/i } as const
const BASE64 = { encoding: 'base64', form: /^(?:[\w+/-]{4})*[\w+/-]{2,4}={0,2}$/ } as const

const github: Scheme = {
  algorithm: 'sha256',
  hasTime: false,
  keyOf: asText,
  read: (headers) => {
    const field = one(headers, 'x-hub-signature-256')
    return field && shown(decode([field], 'sha256=', HEX), undefined)
  },
}

/** `t=1492774577,v1=…,v1=…,v0=…`; signed is `1492774577.` and the body. */
const stripe: Scheme = {
  algorithm: 'sha256',
  hasTime: true,
  keyOf: asText,
  read: (headers) => {
    const field = one(headers, 'stripe-signature')
    if (field === undefined) return undefined
    const members = field.split(',').map((member) => member.trim())
    const [time, ...others] = members.filter((member) => member.startsWith('t='))
    const timestamp = others.length === 0 ? (time?.slice(2) ?? '') : ''
    const signatures = decode(
      members.filter((member) => member.startsWith('v1=')),
      'v1=',
      HEX,
    )
    return shown(signatures, timestamp, `${timestamp}.`)
  },
}

/** Signed is `v0:`, the time, `:` and the body. */
const slack: Scheme = {
  algorithm: 'sha256',
  hasTime: true,
  keyOf: asText,
  read: (headers) => {
    const field = one(headers, 'x-slack-signature')
    const timestamp = one(headers, 'x-slack-request-timestamp') ?? ''
    return field && shown(decode([field], 'v0=', HEX), timestamp, `v0:${timestamp}:`)
  },
}

/** Standard Webhooks 1: `v1,…` several times; signed is the id, the time and the body, with dots between. */
const standard: Scheme = {
  algorithm: 'sha256',
  hasTime: true,
  keyOf: (secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'),
  read: (headers) => {
    const field = one(headers, 'webhook-signature')
    if (field === undefined) return undefined
    const id = one(headers, 'webhook-id') ?? ''
    const timestamp = one(headers, 'webhook-timestamp') ?? ''
    if (id === '' || id.includes('.')) return 'there is no webhook-id, or it has a dot in it'
    const ours = field.split(' ').filter((member) => member.startsWith('v1,'))
    return shown(decode(ours, 'v1,', BASE64), timestamp, `${id}.${timestamp}.`)
  },
}

const SCHEMES = { github, stripe, slack, standard }

export function schemeOf({ scheme, ...own }: Options): Scheme {
  if (scheme !== undefined) return SCHEMES[scheme]
  const { header, algorithm, encoding, prefix, timestamp: timeField } = own
  const [before = '', after = ''] = own.signed.split('{body}')
  const written = encoding === 'hex' ? HEX : BASE64
  return {
    algorithm,
    hasTime: timeField !== undefined,
    keyOf: asText,
    read: (headers) => {
      const field = one(headers, header!)
      if (field === undefined) return undefined
      const timestamp = timeField && (one(headers, timeField) ?? '')
      const put = (text: string) => text.replaceAll('{timestamp}', () => timestamp ?? '')
      return shown(decode([field], prefix, written), timestamp, put(before), put(after))
    },
  }
}

/** A field that stands there twice is read by each in another way: it is as good as none that fits. */
function one(headers: HeaderList, name: string): string | undefined {
  const values = headers.all(name)
  return values.length < 2 ? values[0]?.trim() : ''
}

function decode(
  texts: readonly string[],
  prefix: string,
  { encoding, form }: typeof HEX | typeof BASE64,
): Buffer[] {
  return texts
    .slice(0, MAX_SIGNATURES)
    .filter((text) => text.startsWith(prefix) && form.test(text.slice(prefix.length)))
    .map((text) => Buffer.from(text.slice(prefix.length), encoding))
}

function shown(
  signatures: readonly Buffer[],
  timestamp: string | undefined,
  before = '',
  after = '',
): Shown | string {
  if (signatures.length === 0) return 'there is no signature of this form'
  if (timestamp !== undefined && !/^\d{1,13}$/.test(timestamp)) return 'there is no timestamp'
  return { signatures, timestamp, before, after }
}
