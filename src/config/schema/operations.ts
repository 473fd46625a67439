/** How the gateway itself is run and watched. */

import { z } from 'zod'
import { duration, oneOrMore } from '#sdk/schema'
import { filePath, host, port, positive, urlPath } from './words.ts'

const accessLog = z.strictObject({
  to: z
    .union([
      z.literal('stdout'),
      z.string().regex(/^file:./, { error: 'expected stdout or file:path' }),
    ])
    .prefault('stdout')
    .describe('stdout, or file:path'),
})

const observe = z.strictObject({
  accessLog: z
    .union([z.literal(false), accessLog])
    .prefault({})
    .describe('One line a request; false switches it off'),
  metrics: z
    .strictObject({ path: urlPath().prefault('/metrics').describe('Its path on the admin port') })
    .prefault({})
    .describe('Numbers in the Prometheus text format'),
})

const problems = z.strictObject({
  type: z
    .url({ error: 'expected a URL' })
    .optional()
    .describe('Base of the `type` of problem documents; the fault code is put after it'),
  html: filePath().optional().describe('A page for those who accept text/html'),
})

/** A tick of the clock by which it is seen is 25 ms long. */
const MIN_LAG_MS = 50

const overload = z.strictObject({
  maxLag: duration()
    .refine((ms) => ms >= MIN_LAG_MS, { error: `expected ${MIN_LAG_MS}ms or more` })
    .prefault('1s')
    .describe('How late the event loop of a worker may run'),
})

export const operations = {
  observe: observe.prefault({}).describe('Where logs and metrics go'),
  problems: problems.prefault({}).describe('What refused clients get'),
  admin: z
    .strictObject({
      port: port().prefault(9901).describe('Port of metrics, probes and the admin API'),
      host: host().prefault('127.0.0.1').describe('Address to listen on'),
    })
    .optional()
    .describe('The admin port; when not written, 9901 or the next that is free, on 127.0.0.1'),
  probes: z
    .strictObject({
      port: port().describe('Port of /livez and /readyz'),
      host: host().prefault('0.0.0.0').describe('Address to listen on'),
    })
    .optional()
    .describe('Where an orchestrator reaches the probes; when not written, on the admin port'),
  shutdown: z
    .strictObject({
      wait: duration().prefault('5s').describe('Between turning unready and closing the doors'),
      deadline: duration().prefault('30s').describe('When what is still open is cut'),
    })
    .refine(({ wait, deadline }) => wait < deadline || deadline === 0, {
      path: ['wait'],
      when: ({ issues }) => issues.length === 0,
      error: 'expected less than `deadline`, of which it is a part',
    })
    .prefault({})
    .describe('How the gateway leaves'),
  overload: z
    .union([z.literal(false), overload])
    .prefault({})
    .describe('When requests are shed, the least important first; false is never'),
  data: filePath()
    .prefault('./data')
    .describe(
      'A folder for what outlasts a restart: counters of long limits; nothing else is written',
    ),
  plugins: oneOrMore(filePath()).default([]).describe('Files that bring filters and endpoints'),
  workers: z
    .union([z.literal('auto'), positive().max(1_024)])
    .prefault('auto')
    .describe('Worker threads; auto is one for each core'),
  include: oneOrMore(z.string())
    .default([])
    .describe('Files to merge into this one, as paths or patterns such as routes/*.yaml'),
}
