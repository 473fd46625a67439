/** What the main thread and the workers say to each other. No request waits for one of these, but for errands. */

import type { Parcel } from '#compile/parcel'
import type { ListenerConfig } from '#config/config'
import type { Errand, ErrandAnswer } from '#sdk/errands'
import type { TargetsByService } from '#services/registry'
import type { SharedWithWorkers } from '#services/call-states'

/** What a worker is born with. */
export interface WorkerBirth extends SharedWithWorkers {
  readonly index: number
  /** How many there are. */
  readonly workers: number
  readonly counters: SharedArrayBuffer
  /** Beats; see heartbeat.ts. */
  readonly heartbeat: SharedArrayBuffer
  /** Rings of lines; see telemetry/line-ring.ts. */
  readonly access: SharedArrayBuffer
  readonly errors: SharedArrayBuffer
  /** Absolute paths of the plugins' files. */
  readonly plugins: readonly string[]
}

export type ToWorker =
  | { readonly kind: 'prepare'; readonly parcel: Parcel }
  | {
      readonly kind: 'use'
      readonly generation: number
      readonly listeners: readonly ListenerConfig[]
      readonly logsAccess: boolean
    }
  | { readonly kind: 'discard'; readonly generation: number }
  /** Of these services, from here on; a worker hears of all of them before it serves. */
  | { readonly kind: 'targets'; readonly targets: TargetsByService }
  /** Who may call, from here on; see consumers/directory. */
  | { readonly kind: 'consumers'; readonly memory: SharedArrayBuffer }
  | {
      readonly kind: 'errandDone'
      readonly id: number
      readonly answer?: ErrandAnswer | undefined
      /** In place of an answer: why there is none. */
      readonly problem?: string | undefined
    }
  /** Replies say `Connection: close` from here on. */
  | { readonly kind: 'drain' }
  /** Accepts no more. */
  | { readonly kind: 'close' }
  /** Cuts what is still open. */
  | { readonly kind: 'cut' }

export type FromWorker =
  | { readonly kind: 'prepared'; readonly generation: number }
  | {
      readonly kind: 'using'
      readonly generation: number
      readonly ports: Readonly<Record<string, number>>
    }
  | { readonly kind: 'refused'; readonly generation: number | undefined; readonly reason: string }
  | { readonly kind: 'closed' }
  | { readonly kind: 'errand'; readonly id: number; readonly errand: Errand }
  | { readonly kind: 'cut'; readonly exchanges: number }

/** Of the configuration that a message is about. */
export function generationOf(message: ToWorker | FromWorker): number | undefined {
  if (message.kind === 'prepare') return message.parcel.generation
  return 'generation' in message ? message.generation : undefined
}
