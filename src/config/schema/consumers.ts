/** Who calls, what keys they have, and what they may use. */

import { z } from 'zod'
import type { ConsumerEntry } from '#consumers/directory-builder'
import { oneOrMore } from '#sdk/schema'
import { date } from './dates.ts'
import * as words from './words.ts'

/** What `portcullis key hash` prints: the digest, and what of the key may be shown. */
export const KEY_HASH = /^(?:sha256:)?([0-9a-fA-F]{64})(?::([!-~]{1,32}))?$/

const HASH_HINT =
  'expected the hash of a key, as `portcullis key hash` prints it: sha256:… of 64 hex digits'

const keyHash = () =>
  z
    .string({ error: HASH_HINT })
    .regex(KEY_HASH, { error: HASH_HINT, abort: true })
    .transform((text) => {
      const [, sha256, label] = KEY_HASH.exec(text)!
      return { sha256: sha256!.toLowerCase(), label }
    })

export interface AuthoredKey {
  readonly hash: { readonly sha256: string; readonly label: string | undefined }
  readonly expires?: number | undefined
  readonly stages?: readonly string[] | undefined
  readonly scopes?: readonly string[] | undefined
}

const key = z.union([
  keyHash().transform((one): AuthoredKey => ({ hash: one })),
  z.strictObject({
    hash: keyHash().describe('What `portcullis key hash` prints'),
    expires: date().optional().describe('From when on it is good for nothing'),
    stages: oneOrMore(words.name()).optional().describe('Where it is good; else in all of them'),
    scopes: oneOrMore(z.string().regex(/^[!#-[\]-~]+$/, { error: 'expected a scope: a word' }))
      .optional()
      .describe('What it is good for, as `authorize` asks'),
  }),
])

const consumerName = () =>
  z.string().regex(/^[^\p{Cc}]{1,256}$/u, { error: 'expected a name of at most 256 characters' })

export const consumer = z.strictObject({
  name: consumerName().describe('What logs, limits and services call it; a token may say it too'),
  plan: words.name().optional().describe('What it may use: a name of `plans`'),
  groups: oneOrMore(consumerName()).default([]).describe('For `authorize`'),
  apiKeys: oneOrMore(key)
    .default([])
    .describe('Hashes of its keys: two while one takes over from the other'),
})

export type AuthoredConsumer = z.output<typeof consumer>

/** As the directory takes it. */
export function entryOf({ name, plan, groups, apiKeys }: AuthoredConsumer): ConsumerEntry {
  return { name, plan, groups, keys: apiKeys.map(({ hash, ...rest }) => ({ ...hash, ...rest })) }
}

const consumersFile = z.strictObject({
  file: words.filePath().describe('One consumer a line, as JSON: for thousands of them'),
})

export const consumers = {
  consumers: z
    .array(z.union([consumersFile, consumer]))
    .prefault([])
    .describe('Who calls, once known'),
}
