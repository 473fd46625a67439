/** `webhook`: a sender is known by its signature over the raw body. */

import { defineAuthenticator } from '#sdk/index'
import { options } from './options.ts'
import { Webhook } from './webhook.ts'

export const webhook = defineAuthenticator({
  name: 'webhook',
  summary:
    'HMAC over the raw body: GitHub, Stripe, Slack, Standard Webhooks, or a way of one’s own',
  options,
  secrets: ['secret'],
  create: (read, host) => new Webhook(read, host),
})
