/** How calls of services stand, in the Prometheus text format. */

import type { CallSample } from '#control/calls'
import { family, labelsOf } from '#control/metrics'

export function callMetrics(samples: Iterable<CallSample>): string {
  const all = [...samples]
  const gauge = (name: string, help: string, of: (sample: CallSample) => number | undefined) =>
    family(
      name,
      'gauge',
      help,
      all.flatMap((sample) => {
        const value = of(sample)
        const { service, stage } = sample
        return value === undefined ? [] : [[labelsOf({ service, stage }), value] as const]
      }),
    )
  return [
    gauge(
      'portcullis_circuit_open',
      'Whether a service is left alone, or let through but a few calls of',
      ({ isOpen }) => (isOpen === undefined ? undefined : Number(isOpen)),
    ),
    gauge(
      'portcullis_concurrency_calls',
      'Calls under way that `concurrency` bounds',
      ({ calls }) => calls,
    ),
    gauge(
      'portcullis_concurrency_waiting',
      'Calls that wait for a place',
      ({ waiting }) => waiting,
    ),
  ].join('')
}
