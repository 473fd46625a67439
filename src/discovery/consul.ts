/** `consul`: instances of a service, asked of Consul's health API by questions that wait for a change. */

import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Discover } from '#config/schema/discover'
import type { Source, Told } from './source.ts'

type Options = Extract<Discover, { kind: 'consul' }>

const MAX_BYTES = 8_388_608
const MAX_ERROR_CHARS = 200
/** Consul adds up to a sixteenth to the wait that it was asked for. */
const WAIT_SPREAD = 1 / 16
const PATIENCE_MS = 10_000

interface Reply {
  readonly index: number
  readonly body: string
}

export function consulSource(options: Options): Source {
  const stopped = new AbortController()
  /** Of the state that was seen last; 0: the next question does not wait. */
  let index = 0
  return {
    async ask(wasWell) {
      if (!wasWell) index = 0
      const reply = await ask(questionOf(options, index), options, stopped.signal)
      // One that is no number, or goes backwards, comes of a Consul that began anew.
      index = reply.index >= 1 && reply.index >= index ? reply.index : 0
      const targets = instancesOf(reply.body)
      if (targets.length === 0) {
        const which = options.passing ? ' whose checks pass' : ''
        throw new Error(`Consul knows no instance of ${options.service}${which}`)
      }
      return { targets, holdsMs: 0 }
    },
    stop: () => stopped.abort(),
  }
}

function questionOf(options: Options, index: number): URL {
  const { service, passing, datacenter, tags = [], wait } = options
  const url = new URL(options.url)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/health/service/${service}`
  if (passing) url.searchParams.set('passing', 'true')
  if (datacenter !== undefined) url.searchParams.set('dc', datacenter)
  for (const tag of tags) url.searchParams.append('tag', tag)
  if (index > 0) {
    url.searchParams.set('index', String(index))
    url.searchParams.set('wait', `${Math.round(wait / 1_000)}s`)
  }
  return url
}

function ask(url: URL, { token, wait }: Options, stopped: AbortSignal): Promise<Reply> {
  const patience = AbortSignal.timeout(wait * (1 + WAIT_SPREAD) + PATIENCE_MS)
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(patience.aborted ? new Error(`no answer of ${url.host} in time`) : error)
    const request = url.protocol === 'https:' ? requestHttps : requestHttp
    const headers = {
      'user-agent': 'portcullis-discovery',
      ...(token === undefined ? {} : { 'x-consul-token': token }),
    }
    const signal = AbortSignal.any([stopped, patience])
    const asked = request(url, { headers, signal, agent: false }, (reply) => {
      readWhole(reply)
        .then((body) => resolve(judge(reply, body)), fail)
        .catch(fail)
    })
    asked.on('error', fail)
    asked.end()
  })
}

async function readWhole(reply: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of reply as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > MAX_BYTES) throw new Error(`Consul's answer is longer than ${MAX_BYTES} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function judge({ statusCode, headers }: IncomingMessage, body: string): Reply {
  if (statusCode !== 200)
    throw new Error(`Consul answered ${statusCode}: ${body.slice(0, MAX_ERROR_CHARS).trim()}`)
  return { index: Number(headers['x-consul-index']), body }
}

/** What of a reply makes sense. Fails when the whole does not. */
function instancesOf(body: string): Told[] {
  let entries: unknown
  try {
    entries = JSON.parse(body)
  } catch {
    entries = undefined
  }
  if (!Array.isArray(entries)) throw new Error("Consul's answer is no JSON list")
  return entries.flatMap((entry: unknown) => instanceOf(entry) ?? [])
}

function instanceOf(entry: unknown): Told | undefined {
  const service = memberOf(entry, 'Service')
  const own = memberOf(service, 'Address')
  const host = own === undefined || own === '' ? memberOf(memberOf(entry, 'Node'), 'Address') : own
  const port = memberOf(service, 'Port')
  if (typeof host !== 'string' || !Number.isInteger(port)) return undefined
  if (Number(port) < 1 || Number(port) > 65_535) return undefined
  const weights = memberOf(service, 'Weights')
  const weight = memberOf(weights, isWarning(entry) ? 'Warning' : 'Passing')
  return {
    host,
    port: Number(port),
    basePath: '',
    weight: Number.isInteger(weight) ? Math.max(1, Number(weight)) : 1,
    tier: 1,
    drain: false,
  }
}

function isWarning(entry: unknown): boolean {
  const checks = memberOf(entry, 'Checks')
  return Array.isArray(checks) && checks.some((check) => memberOf(check, 'Status') === 'warning')
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined
}
