/** How services are called, in the Prometheus text format. */

import type { CallSample } from '#control/calls'
import { family, labelsOf, single } from '#control/exposition'
import { AT, type Counters } from '#telemetry/counters'

export function callMetrics(counters: Counters, samples: Iterable<CallSample>): string {
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
    single(
      'portcullis_service_retries_total',
      'counter',
      'Attempts that followed one that failed',
      counters.get(AT.serviceRetries),
    ),
    single(
      'portcullis_service_hedges_total',
      'counter',
      'Attempts beside one that was late',
      counters.get(AT.serviceHedges),
    ),
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
