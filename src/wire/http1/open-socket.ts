/** A socket to a target: plain, or secure from its first byte on. */

import { connect, type OnReadOpts, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Address, ConnectionOwner } from '#wire/http1/connection-owner'

/** Of every socket, wherever it leads. */
interface SocketOptions {
  readonly noDelay: boolean
  readonly allowHalfOpen: boolean
  readonly onread: OnReadOpts
}

export function openSocket(
  address: Address,
  options: SocketOptions,
  { session }: ConnectionOwner,
): Socket {
  if ('socketPath' in address) return connect({ ...options, path: address.socketPath })
  const { host, port, tls, lookup } = address
  const place = { ...options, host, port, ...(lookup && { lookup }) }
  return tls === undefined
    ? connect(place)
    : connectTls({ ...place, ...tls, ...(session && { session }) })
}
