/** Why no reply comes from a connection that has ended, by how far it had got. */

import { Fault, type FaultCode } from '#sdk/fault'

interface Progress {
  readonly connected: boolean
  readonly isHandshaking: boolean
  readonly error: Error | undefined
}

/** `isReplying`: its head was here. */
export function lostReply(
  { connected, isHandshaking, error }: Progress,
  isReplying: boolean,
): Fault {
  if (isReplying) return new Fault('REPLY_CUT', undefined, error)
  let code: FaultCode = 'SERVICE_RESET'
  if (!connected) code = isHandshaking ? 'SERVICE_TLS_FAILED' : 'SERVICE_REFUSED'
  return new Fault(code, error?.message, error)
}
