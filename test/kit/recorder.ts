/** A service that answers every request, and keeps the last one. */

import type { TestContext } from 'node:test'
import { answering, type Backend, OK, startBackend } from './backend.ts'

export interface Recorder extends Backend {
  /** The last request, whole, as latin1 text; '' when there was none since `forget`. */
  request(): string
  /** Its target. */
  target(): string
  forget(): void
}

export async function startRecorder(
  t: TestContext,
  reply: string | ((request: string) => string) = OK,
): Promise<Recorder> {
  let last = ''
  const backend = await startBackend(
    t,
    answering((request) => {
      last = request
      return typeof reply === 'string' ? reply : reply(request)
    }),
  )
  return {
    ...backend,
    request: () => last,
    target: () => last.split(' ')[1] ?? '',
    forget: () => (last = ''),
  }
}

/** The values of a field in a head, in order. */
export function valuesOf(head: string, name: string): string[] {
  return [...head.matchAll(new RegExp(`\r\n${name}: ([^\r]*)`, 'gi'))].map(([, value]) => value!)
}
