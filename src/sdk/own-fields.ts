/** Header fields that the gateway writes itself, whatever a client, a service or a filter says. */

/** They frame a message, or belong to one connection. */
export const FRAMING_FIELDS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** They tell a service where a request came from. */
export const HOP_FIELDS: ReadonlySet<string> = new Set([
  'forwarded',
  'traceparent',
  'tracestate',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-request-id',
])
