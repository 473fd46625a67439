/** The counters in the Prometheus text format. */

import { family, header, labelsOf, single } from '#control/exposition'
import type { Group } from '#compile/groups'
import { FAULTS, type FaultCode } from '#sdk/fault'
import type { TargetSample } from '#control/targets'
import type { DiscoverySample } from '#discovery/discovery'
import { AT, type Counters, LATENCY_BUCKETS_MS } from '#telemetry/counters'

interface Samples {
  samples(): Iterable<TargetSample>
  discoverySamples(): Iterable<DiscoverySample>
}

export function metricsText(
  counters: Counters,
  generation: number,
  targets: Samples,
  groups: Iterable<Group & { readonly number: number }>,
): string {
  const at = (name: keyof typeof AT): number => counters.get(AT[name])
  const classes = [1, 2, 3, 4, 5].map(
    (digit) => [`class="${digit}xx"`, counters.get(AT.status1xx + digit - 1)] as const,
  )
  const faults = (Object.keys(FAULTS) as FaultCode[])
    .map(
      (code) => [`code="${code}",source="${FAULTS[code].source}"`, counters.fault(code)] as const,
    )
    .filter(([, count]) => count > 0)
  const sampled = [...targets.samples()].map(({ service, stage, url, state }) => ({
    labels: labelsOf({ service, stage, target: url }),
    state,
  }))
  const up = sampled.flatMap(({ labels, state }) =>
    state === 'draining' ? [] : [[labels, Number(state === 'up')] as const],
  )
  const draining = sampled.flatMap(({ labels, state }) =>
    state === 'draining' ? [[labels, 1] as const] : [],
  )
  const grouped = [...groups].flatMap(({ stage, api, version, number }) =>
    [1, 2, 3, 4, 5].flatMap((digit) => {
      const count = counters.ofGroup(number, digit)
      return count === 0
        ? []
        : [[labelsOf({ stage, api, version, class: `${digit}xx` }), count] as const]
    }),
  )
  return [
    family('portcullis_requests_total', 'counter', 'Requests answered, by status class', classes),
    family(
      'portcullis_faults_total',
      'counter',
      'Exchanges that something went wrong with, by fault code',
      faults,
    ),
    grouped.length === 0
      ? ''
      : family(
          'portcullis_group_requests_total',
          'counter',
          'Requests answered, by stage and by version of an API',
          grouped,
        ),
    latency(counters),
    single(
      'portcullis_requests_incomplete_total',
      'counter',
      'Exchanges that ended before the client had the whole reply',
      at('incomplete'),
    ),
    single(
      'portcullis_request_body_bytes_total',
      'counter',
      'Bytes of request bodies',
      at('bytesIn'),
    ),
    single('portcullis_reply_body_bytes_total', 'counter', 'Bytes of reply bodies', at('bytesOut')),
    single(
      'portcullis_connections_accepted_total',
      'counter',
      'Client connections accepted',
      at('connectionsAccepted'),
    ),
    single(
      'portcullis_handshakes_failed_total',
      'counter',
      'TLS handshakes of clients that failed',
      at('handshakesFailed'),
    ),
    single(
      'portcullis_service_attempts_total',
      'counter',
      'Attempts to call a service',
      at('serviceAttempts'),
    ),
    family('portcullis_tunnel_bytes_total', 'counter', 'Bytes through WebSocket connections', [
      ['direction="in"', at('tunnelBytesIn')],
      ['direction="out"', at('tunnelBytesOut')],
    ]),
    family(
      'portcullis_mirror_total',
      'counter',
      'Copies of requests for another service, by what came of them',
      [
        ['outcome="answered"', at('mirrorAnswered')],
        ['outcome="failed"', at('mirrorFailed')],
        ['outcome="full"', at('mirrorFull')],
        ['outcome="too_large"', at('mirrorTooLarge')],
        ['outcome="dropped"', at('mirrorDropped')],
      ],
    ),
    single(
      'portcullis_event_loop_lag_seconds_total',
      'counter',
      'Seconds that the event loops of workers ran late, all together',
      at('loopLagMs') / 1_000,
    ),
    single(
      'portcullis_limits_would_refuse_total',
      'counter',
      'Requests that a limit in shadow mode would have refused',
      at('limitsWouldRefuse'),
    ),
    single(
      'portcullis_limit_store_failures_total',
      'counter',
      'Times that a store of limits could not say',
      at('limitStoreFailures'),
    ),
    single(
      'portcullis_log_lines_dropped_total',
      'counter',
      'Log lines dropped because their writer could not keep up',
      at('logLinesDropped'),
    ),
    single('portcullis_requests_in_progress', 'gauge', 'Exchanges in progress', at('exchanges')),
    single('portcullis_tunnels', 'gauge', 'WebSocket connections open', at('tunnels')),
    single('portcullis_connections', 'gauge', 'Client connections open', at('connections')),
    single(
      'portcullis_service_connections',
      'gauge',
      'Connections to services open',
      at('serviceConnections'),
    ),
    single(
      'portcullis_service_connections_idle',
      'gauge',
      'Connections to services open and idle',
      at('serviceConnectionsIdle'),
    ),
    single(
      'portcullis_configuration_generation',
      'gauge',
      'How often a configuration took effect',
      generation,
    ),
    family('portcullis_target_up', 'gauge', 'Whether a watched target may be asked', up),
    family('portcullis_target_draining', 'gauge', 'A target that gets no new calls', draining),
    discovery([...targets.discoverySamples()]),
  ].join('')
}

function discovery(samples: readonly DiscoverySample[]): string {
  const of = (valueOf: (sample: DiscoverySample) => number): (readonly [string, number])[] =>
    samples.map((sample) => [
      labelsOf({ service: sample.service, stage: sample.stage }),
      valueOf(sample),
    ])
  return [
    family(
      'portcullis_discovery_age_seconds',
      'gauge',
      'Since the last good answer, or since the search began',
      of(({ ageMs }) => ageMs / 1_000),
    ),
    family(
      'portcullis_discovery_targets',
      'gauge',
      'Targets found',
      of(({ targets }) => targets),
    ),
    family(
      'portcullis_discovery_failures_total',
      'counter',
      'Looks that found nothing that can be used',
      of(({ failures }) => failures),
    ),
  ].join('')
}

function latency(counters: Counters): string {
  const name = 'portcullis_request_duration_seconds'
  let sum = 0
  const buckets = LATENCY_BUCKETS_MS.map((bound, bucket) => {
    sum += counters.latency(bucket)
    return `${name}_bucket{le="${bound / 1_000}"} ${sum}\n`
  })
  sum += counters.latency(LATENCY_BUCKETS_MS.length)
  return (
    `${header(name, 'histogram', 'Time from the head of a request to the end of its reply')}${buckets.join('')}` +
    `${name}_bucket{le="+Inf"} ${sum}\n${name}_sum ${counters.get(AT.durationMs) / 1_000}\n${name}_count ${sum}\n`
  )
}
