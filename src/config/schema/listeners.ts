/** Where clients arrive. */

import { z } from 'zod'
import { byteSize, duration, oneOrMore } from '#sdk/schema'
import { listenerTls } from './tls.ts'
import { host, listenAddress, name, named, network, port, positive } from './words.ts'

const limits = z.strictObject({
  headers: byteSize().prefault('32KiB').describe('Size of a request head'),
  fields: positive().prefault(200).describe('Header fields in a request'),
  target: byteSize().prefault('8KiB').describe('Length of a request target: path and query'),
  headerTimeout: duration().prefault('10s').describe('Until a request head is whole'),
  idleTimeout: duration().prefault('75s').describe('Until the next request on a connection'),
  streams: positive().prefault(100).describe('Requests at once on one connection of HTTP/2'),
  connections: positive()
    .prefault(20_000)
    .describe('Connections at once; each worker takes its share'),
})

const protocol = z.enum(['http1', 'h2', 'h2c'])

export const listener = z.strictObject({
  host: host().optional().describe('Address to listen on; without it every address, IPv4 and IPv6'),
  port: port().describe('Port to listen on; 0 takes any that is free'),
  publicPort: port()
    .optional()
    .describe('What clients see when something maps ports in front: redirects, X-Forwarded-Port'),
  tls: listenerTls.optional().describe('Clients speak TLS here'),
  protocols: z
    .array(protocol)
    .min(1)
    .optional()
    .describe(
      'What clients may speak: with TLS [http1, h2] unless said, else [http1]; h2c is HTTP/2 without TLS, for clients that know',
    ),
  redirectTo: name()
    .optional()
    .describe('All requests are sent on, with 308, to another listener: from http to https'),
  trustedProxies: oneOrMore(network())
    .default([])
    .describe('Networks that may say X-Forwarded-* and Forwarded; from others these are dropped'),
  halfClose: z
    .enum(['gone', 'answer'])
    .prefault('gone')
    .describe('What a client means that ends its side while a service works for it'),
  limits: limits.prefault({}).describe('What a client may ask of the door itself'),
})

export const listeners = {
  listen: listenAddress()
    .optional()
    .describe('Short form of one listener: a port, or an address with one'),
  listeners: named(listener).optional().describe('Where clients arrive, by name'),
}

/** What the listener of the short form is called. */
export const SHORT_FORM_NAME = 'default'

export type Protocol = z.output<typeof protocol>

export type Listener = { readonly name: string } & z.output<typeof listener>
