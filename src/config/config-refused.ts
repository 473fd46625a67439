/** A configuration with errors, as something that can be thrown. */

import type { Complaint } from './complaint.ts'

/** Nothing was started, or nothing was changed. */
export class ConfigRefused extends Error {
  override readonly name = 'ConfigRefused'
  readonly complaints: readonly Complaint[]

  constructor(complaints: readonly Complaint[]) {
    super(`the configuration has ${complaints.length} error${complaints.length === 1 ? '' : 's'}`)
    this.complaints = complaints
  }
}
