/** Stands around the endpoint for a filter that needs replies whole: one that is a stream has no end to wait for. */

import { isStreamType } from '#http/stream-types'
import { Fault } from '#sdk/fault'
import type { Filter, FilterDefinition } from '#sdk/filter'

export function noStreams({ name }: FilterDefinition): Filter {
  return {
    wrap: (endpoint) => async (ex) => {
      const reply = await endpoint(ex)
      if (!isStreamType(reply.headers.get('content-type'))) return reply
      const fault = new Fault(
        'STREAM_NOT_HELD',
        `${name} needs replies whole, and this one is a stream`,
      )
      if (typeof reply.body === 'object' && 'abort' in reply.body) reply.body.abort(fault)
      throw fault
    },
  }
}
