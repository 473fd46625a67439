/** A socket to a target: plain, or secure from its first byte on. */

import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Address, ConnectionOwner } from '#wire/http1/connection-owner'

/** `onRead`: what was read stands in the owner's buffer, and only until it returns; false to read no more for now. */
export function openSocket(
  address: Address,
  owner: ConnectionOwner,
  onRead: (count: number, buffer: Buffer) => boolean,
): Socket {
  const callback = (count: number, buffer: Uint8Array): boolean => onRead(count, buffer as Buffer)
  const options = {
    noDelay: true,
    allowHalfOpen: true,
    onread: { buffer: owner.readBuffer, callback },
  }
  if ('socketPath' in address) return connect({ ...options, path: address.socketPath })
  const { host, port, tls, lookup } = address
  const place = { ...options, host, port, ...(lookup && { lookup }) }
  if (tls === undefined) return connect(place)
  const { session } = owner
  const socket = connectTls({ ...place, ...tls, ...(session && { session }) })
  return socket.on('session', (next: Buffer) => (owner.session = next))
}
