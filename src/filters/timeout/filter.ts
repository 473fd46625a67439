/** `timeout`: how long this route lets its service take, over what the service itself says. */

import { defineFilter, duration, z } from '#sdk/index'

const members = z.strictObject({
  connect: duration().optional().describe('Until a connection stands'),
  response: duration().optional().describe('From the request sent to the head of the reply'),
  idle: duration().optional().describe('Between two pieces of a body, either way'),
  total: duration().optional().describe('From first byte to last, all told; 0s is no limit'),
})

export const timeout = defineFilter({
  name: 'timeout',
  summary: 'How long the service may take; one duration is the total',
  phase: 'shield',
  combine: 'members',

  options: z.union([duration().transform((total) => ({ total })), members]),

  create(timeouts) {
    const said = Object.fromEntries(Object.entries(timeouts).filter(([, ms]) => ms !== undefined))
    return {
      onRequest(ex) {
        ex.limits.timeout = said
      },
    }
  },
})
