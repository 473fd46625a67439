/** Hears the first words of a client, and leaves them to be heard again. */

import type { Socket } from 'node:net'
import { readHello } from '#wire/tls/client-hello'

/** `heard` gets the name that the client asks for, if it asks for one; who says nothing within the limit is cut off. */
export function hearHello(
  socket: Socket,
  limitMs: number,
  heard: (name: string | undefined) => void,
): void {
  let bytes = Buffer.alloc(0)
  const timer = setTimeout(() => socket.destroy(), limitMs)
  const onReadable = (): void => {
    const piece = socket.read() as Buffer | null
    if (piece === null) return
    bytes = Buffer.concat([bytes, piece])
    const hello = readHello(bytes)
    if (hello === undefined) return
    stop()
    socket.unshift(bytes)
    heard(hello.name)
  }
  const onEnd = (): void => void socket.destroy()
  const stop = (): void => {
    clearTimeout(timer)
    socket.off('readable', onReadable).off('error', onEnd).off('end', onEnd).off('close', stop)
  }
  socket.on('readable', onReadable).on('error', onEnd).on('end', onEnd).on('close', stop)
}
