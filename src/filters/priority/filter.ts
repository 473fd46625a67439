/** `priority`: which routes are refused first when there is too much to do. The refusing itself is done before any filter. */

import { defineFilter, PRIORITIES, type Priority, z } from '#sdk/index'

export const priority = defineFilter({
  name: 'priority',
  summary: 'Which requests are refused first when the gateway is overloaded; normal without it',
  phase: 'shield',
  options: z.enum(Object.keys(PRIORITIES) as [Priority, ...Priority[]]),
  create: () => ({}),
})
