/** One line for every exchange, gathered and handed on in large pieces. */

import { jsonString, LastJson } from '#telemetry/json'

/** What a line says. Times in milliseconds. */
export interface AccessRecord {
  readonly time: string
  readonly requestId: string
  readonly traceId: string
  readonly client: string
  readonly protocol: string
  readonly method: string
  readonly host: string
  readonly path: string
  readonly route: string
  /** '' where there are none, as for `api` and `version`. */
  readonly stage: string
  readonly api: string
  readonly version: string
  /** Who called, and by which of their credentials; '' while nobody knows. */
  readonly consumer: string
  readonly credential: string
  /** The limits that would have refused it, did they not merely watch. */
  readonly shadowed: string
  readonly service: string
  readonly target: string
  readonly attempts: number
  readonly status: number
  readonly complete: boolean
  /** Of bodies alone. */
  readonly bytesIn: number
  readonly bytesOut: number
  readonly durationMs: number
  /** From the request's head to its reply's head at the service; 0 when none was asked. */
  readonly serviceMs: number
  readonly fault: string
  readonly userAgent: string
}

const methods = new LastJson()
const hosts = new LastJson()
const routes = new LastJson()
const stages = new LastJson()
const apis = new LastJson()
const versions = new LastJson()
const consumers = new LastJson()
const credentials = new LastJson()
const services = new LastJson()
const targets = new LastJson()
const agents = new LastJson()

/** The field names are stable: tools are built on them. */
export function accessLine(r: AccessRecord): string {
  let line =
    `{"time":"${r.time}","requestId":${jsonString(r.requestId)},"traceId":"${r.traceId}","client":"${r.client}","protocol":"${r.protocol}",` +
    `"method":${methods.of(r.method)},"host":${hosts.of(r.host)},"path":${jsonString(r.path)},"route":${routes.of(r.route)},` +
    `"status":${r.status},"bytesIn":${r.bytesIn},"bytesOut":${r.bytesOut},"ms":${round(r.durationMs)}`
  if (r.stage !== '') line += `,"stage":${stages.of(r.stage)}`
  if (r.version !== '') line += `,"api":${apis.of(r.api)},"version":${versions.of(r.version)}`
  if (r.consumer !== '') line += `,"consumer":${consumers.of(r.consumer)}`
  if (r.credential !== '') line += `,"credential":${credentials.of(r.credential)}`
  if (r.shadowed !== '') line += `,"wouldRefuse":${jsonString(r.shadowed)}`
  if (r.attempts > 0) {
    line += `,"service":${services.of(r.service)},"target":${targets.of(r.target)},"serviceMs":${round(r.serviceMs)},"attempts":${r.attempts}`
  }
  if (r.fault !== '') line += `,"fault":"${r.fault}"`
  if (!r.complete) line += ',"complete":false'
  if (r.userAgent !== '') line += `,"userAgent":${agents.of(r.userAgent)}`
  return `${line}}\n`
}

/** To the hundredth: what lies below is noise, and long numbers cost. */
function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
