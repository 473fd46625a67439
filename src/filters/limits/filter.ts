/** `limits`: how large a request's body may be, how slowly it may come, and how much a feature may hold of it. */

import { byteSize, defineFilter, duration, Fault, limitedBody, z } from '#sdk/index'

export const limits = defineFilter({
  name: 'limits',
  summary:
    'Bounds of a request: size of its body, time between its pieces, bytes a feature may hold',
  phase: 'shield',
  combine: 'members',
  protects: true,

  options: z.strictObject({
    body: byteSize().optional().describe('Largest request body; without it any size, streamed'),
    bodyTimeout: duration()
      .optional()
      .describe(
        'Longest wait between two pieces of a body (60s); each such time must bring 256 bytes or the end',
      ),
    buffer: byteSize()
      .optional()
      .describe('Most a feature may hold of a body it needs whole (1MiB)'),
  }),

  create({ body: maxBytes, bodyTimeout, buffer }) {
    return {
      onRequest(ex) {
        const { body } = ex.request
        if (bodyTimeout !== undefined) ex.limits.bodyTimeoutMs = bodyTimeout
        if (buffer !== undefined) ex.limits.bufferBytes = buffer
        if (maxBytes === undefined || body === undefined) return
        if (body.length !== undefined && body.length > maxBytes) throw new Fault('BODY_TOO_LARGE')
        if (body.length === undefined) ex.request.body = limitedBody(body, maxBytes)
      },
    }
  },
})
