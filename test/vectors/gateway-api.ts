/** HTTPRoute conformance: each test's rules as a configuration of ours, in force in a gateway, and each of its cases asked. */

import { once } from 'node:events'
import { type IncomingMessage, request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { formatComplaint } from '#config/complaint'
import { ConfigRefused } from '#config/config-refused'
import { startGateway, type TestGateway } from '../kit/gateway.ts'
import type { Scope } from '../kit/temporary-folder.ts'
import { until } from '../kit/until.ts'
import { faultOf, type Got } from './gateway-api/judge.ts'
import { type Services, startServices } from './gateway-api/services.ts'
import { differenceOf } from './gateway-api/stated.ts'
import { type Case, LISTENERS, type RouteTest, type Table } from './gateway-api/table.ts'
import { NOT_THERE, translate } from './gateway-api/translate.ts'
import { readVectors, Tally, type VectorResult } from './vectors.ts'

const FILE = 'gateway-api.json'
const SERVICES = [1, 2, 3].map((n) => `infra-backend-v${n}`)
const OF_OTHER_NAMESPACES = ['web-backend', 'app-backend-v1', 'app-backend-v2']

/** Cases that go to another listener than the one that their Host's port says. */
const ELSEWHERE: Readonly<Record<string, (host: string, index: number) => string>> = {
  'httproute-multiple-gateways': (_, index) => (index < 2 ? 'p80' : 'all'),
  'httproute-redirect-port-and-scheme': (_, index) => (index < 6 ? 'p80' : 'p8080'),
  'httproute-hostname-intersection': (host) =>
    /(?:first|second|third)\.com$/.test(host) ? 'intersection' : 'p80',
}

export async function run(): Promise<VectorResult> {
  const tally = new Tally(FILE)
  const endings: (() => unknown)[] = []
  const scope: Scope = { after: (end) => void endings.unshift(end as () => unknown) }
  const table = readVectors(FILE) as Table
  const services = await startServices(scope, [...SERVICES, ...OF_OTHER_NAMESPACES])
  const listen = `listeners: {${LISTENERS.map((name) => ` ${name}: { host: 127.0.0.1, port: 0 }`).join()} }`
  const gateway = await startGateway(scope, '', { listen })
  for (const test of table.tests) await runTest(test, { table, services, gateway, tally })
  for (const end of endings) await end()
  return tally.result()
}

interface Setting {
  readonly table: Table
  readonly services: Services
  readonly gateway: TestGateway
  readonly tally: Tally
}

async function runTest(test: RouteTest, setting: Setting): Promise<void> {
  const { tally } = setting
  const refusal = await load(test, setting)
  for (const [index, each] of (test.cases ?? []).entries()) {
    const { method = 'GET', host = '', path } = each.req
    const name = `${test.id} ${index + 1}: ${method} ${host}${path}`
    const difference = differenceOf(test, each)
    if (difference !== undefined && difference.instead === undefined) {
      tally.leaveOut(difference.why)
    } else if (difference?.instead === 'refused') {
      const fault = refusal === undefined ? `${name}: the configuration was not refused` : undefined
      tally.noteStated(difference.why, fault)
    } else if (refusal !== undefined) {
      tally.note(`${name}: ${refusal}`)
    } else {
      const got = await ask(test, each, index, setting)
      if (got.status === NOT_THERE) tally.leaveOut(got.body)
      else if (difference !== undefined) {
        const fault = faultOf({ status: [difference.instead as number] }, got)
        tally.noteStated(difference.why, fault && `${name}: ${fault}`)
      } else {
        const fault =
          faultOf(each.want, got) ??
          (await faultOfCopies(each, setting)) ??
          (await faultOfShares(test, each, setting))
        tally.note(fault && `${name}: ${fault}`)
      }
    }
  }
}

/** Puts the test's rules in force; says why when they are refused. */
async function load(test: RouteTest, { table, services, gateway }: Setting) {
  try {
    await gateway.reload(translate(test, table, services.urls))
    return undefined
  } catch (thrown) {
    if (!(thrown instanceof ConfigRefused)) throw thrown
    return thrown.complaints.map(formatComplaint).join('; ')
  }
}

async function ask(
  test: RouteTest,
  { req, backendSays }: Case,
  index: number,
  setting: Setting,
): Promise<Got> {
  const { services, gateway } = setting
  services.says = backendSays?.headers ?? {}
  services.asked.clear()
  const { method = 'GET', host = 'gateway.test', path, headers } = req
  const port = gateway.gateway.ports[listenerOf(test, req.host, index)]!
  const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers: { ...headers, host } })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const body = await text(response)
  return {
    status: response.statusCode!,
    headers: response.headers,
    body,
    asked: services.asked.get(body),
  }
}

function listenerOf(test: RouteTest, host = '', index: number): string {
  const named = ELSEWHERE[test.id]?.(host, index)
  const byPort = LISTENERS.find((name) => name === `p${/:(\d+)$/.exec(host)?.[1]}`)
  return named ?? byPort ?? 'p80'
}

/** Copies come when they come: the client's answer does not wait for them. */
async function faultOfCopies({ want }: Case, { services }: Setting) {
  for (const { backend } of want.mirroredTo ?? []) {
    const came = await until(() => services.asked.has(backend)).then(
      () => true,
      () => false,
    )
    if (!came) return `no copy came to ${backend}`
  }
  return undefined
}

/** Of a hundred requests each weighted service gets its hundredths. */
async function faultOfShares(test: RouteTest, each: Case, setting: Setting) {
  const backends = test.routes?.[0]?.rules[0]?.backends ?? []
  if (backends.length < 2) return undefined
  const got: Record<string, number> = {}
  for (let n = 0; n < 100; n++) {
    const { body } = await ask(test, each, n, setting)
    got[body] = (got[body] ?? 0) + 1
  }
  const off = backends.find(({ name, weight }) => (got[name] ?? 0) !== weight)
  return off && `${off.name} got ${got[off.name] ?? 0} of 100, not ${off.weight}`
}
