/** How the targets of a service are asked how they are. */

import { z } from 'zod'
import { duration, oneOrMore } from '#sdk/schema'
import { positive } from './words.ts'

const DAY_MS = 86_400_000

/** Longer ones are more than timers can count, and without any there would be check upon check. */
const checkTime = () =>
  duration().refine((ms) => ms >= 1 && ms <= DAY_MS, {
    error: 'expected a duration from 1ms to 1d',
  })

/** `health` of a service. */
export const health = z.strictObject({
  path: z
    .string()
    .regex(/^\/[!"$-~]*$/, { error: 'expected a path, such as /healthz' })
    .describe('Asked with GET'),
  interval: checkTime().prefault('5s').describe('From one check of a target to the next'),
  timeout: checkTime().prefault('2s').describe('How long a check may take'),
  status: oneOrMore(z.int().min(100).max(599))
    .optional()
    .describe('What means well; without it 200 to 399'),
  body: z.string().min(1).optional().describe('A text that the reply must hold'),
  down: positive().prefault(3).describe('Checks in a row that take a target out'),
  up: positive().prefault(2).describe('Checks in a row that bring it back'),
})

export type Health = z.output<typeof health>
