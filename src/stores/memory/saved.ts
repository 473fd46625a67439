/** Counters that outlast the process: those with a while to go, as bytes, and back. */

import { CounterTable, SLOT_BYTES } from './counter-table.ts'

/** What is over sooner is not worth a write. */
const LASTING_MS = 60_000

/** The form of what follows; another form is not read. */
const FORM = Buffer.from('portcullis counters 1\n')

/** Empty: there is nothing that lasts. */
export function saveCounters(shared: SharedArrayBuffer, now: number): Uint8Array {
  const slots = [...new CounterTable(shared).lasting(now + LASTING_MS)]
  return slots.length === 0 ? new Uint8Array() : Buffer.concat([FORM, ...slots])
}

export function restoreCounters(shared: SharedArrayBuffer, saved: Uint8Array, now: number): void {
  if (!FORM.equals(saved.subarray(0, FORM.length))) return
  const table = new CounterTable(shared)
  for (let at = FORM.length; at + SLOT_BYTES <= saved.length; at += SLOT_BYTES)
    table.put(saved.subarray(at, at + SLOT_BYTES), now)
}
