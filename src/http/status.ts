/** Status codes and the words that go with them (RFC 9110 §15, RFC 6585). */

import { STATUS_CODES } from 'node:http'

/** The registered reason phrase; '' when there is none. */
export function reasonOf(status: number): string {
  return STATUS_CODES[status] ?? ''
}

/** Whether a reply with this status, to this method, has a body (RFC 9110 §6.4.1). */
export function mayHaveBody(status: number, method: string): boolean {
  return method !== 'HEAD' && status >= 200 && status !== 204 && status !== 304
}
