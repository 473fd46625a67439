/** Runs a table of wrong configurations against the exact words that are said of them. */

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { formatComplaint } from '#config/complaint'
import type { Known } from '#config/known'
import { loadConfig } from '#config/load'
import { FAKE_KNOWN } from './fake-known.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface ComplaintCase {
  readonly about: string
  /** Stands after a first line `listen: 8080`, unless it begins with a listener of its own. */
  readonly text: string
  /** From the line on; FILE is the file. */
  readonly complaints: readonly string[]
}

export function testComplaints(cases: readonly ComplaintCase[], known: Known = FAKE_KNOWN): void {
  for (const { about, text, complaints } of cases) {
    test(`complains of ${about}`, async (t) => {
      const startsItself = /^(?:listen|listeners|workers: 1)\b/.test(text)
      const whole = startsItself ? text : `listen: 8080\n${text}`
      const folder = await temporaryFolder(t, { 'p.yaml': whole })
      const file = join(folder, 'p.yaml')

      const loaded = await loadConfig(file, known)
      assert.ok(!loaded.ok, 'it was accepted')
      const shown = loaded.complaints.map((complaint) =>
        formatComplaint(complaint)
          .replaceAll(file, 'FILE')
          .replace(/^FILE:/, ''),
      )
      assert.deepEqual(shown, complaints)
    })
  }
}
