/** The copies of requests of one worker, counted by what came of them. */

import { Mirrors } from '#services/mirrors'
import { AT, type Counters } from '#telemetry/counters'

const COUNTED = {
  answered: AT.mirrorAnswered,
  failed: AT.mirrorFailed,
  full: AT.mirrorFull,
  tooLarge: AT.mirrorTooLarge,
  dropped: AT.mirrorDropped,
}

export function countedMirrors(counters: Counters): Mirrors {
  return new Mirrors((outcome) => counters.add(COUNTED[outcome], 1))
}
