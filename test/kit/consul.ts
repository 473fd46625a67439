/** Consul's health API as it is documented: an index for each state, and questions that wait for the next. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface Instance {
  readonly address?: string
  readonly nodeAddress?: string
  readonly port: number
  readonly tags?: readonly string[]
  readonly weights?: { readonly Passing: number; readonly Warning: number }
  readonly status?: 'passing' | 'warning' | 'critical'
}

export interface Consul {
  readonly url: string
  /** Paths and queries, in order. */
  readonly questions: readonly string[]
  /** The last request's token. */
  token(): string | undefined
  /** Another state: whoever waits is told. `index`: in place of one more than before. */
  set(instances: readonly Instance[], index?: number): void
  /** From here on it answers so, whatever is asked; undefined: as it should. */
  answer(fault: { readonly status: number; readonly body: string } | undefined): void
  /** Whether it forgets to wait, or to say its index. */
  lacks(what: 'nothing' | 'waiting' | 'index'): void
}

interface Waiting {
  readonly from: number
  readonly reply: () => void
}

export async function startConsul(
  t: TestContext,
  service: string,
  first: readonly Instance[],
): Promise<Consul> {
  let instances = first
  let index = 10
  let fault: { readonly status: number; readonly body: string } | undefined
  let lack = 'nothing'
  let token: string | undefined
  const questions: string[] = []
  const waiting = new Set<Waiting>()

  const wakeAll = (): void => {
    for (const one of waiting) one.reply()
  }
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname, searchParams } = new URL(request.url!, 'http://consul')
    questions.push(request.url!)
    token = request.headers['x-consul-token'] as string | undefined
    const reply = (): void => {
      if (fault !== undefined) {
        response.writeHead(fault.status).end(fault.body)
        return
      }
      const isAsked = pathname === `/v1/health/service/${service}`
      const shown = isAsked ? instances.filter((instance) => isShown(instance, searchParams)) : []
      if (lack !== 'index') response.setHeader('X-Consul-Index', String(index))
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify(shown.map(entryOf)))
    }
    const from = Number(searchParams.get('index') ?? 0)
    if (from < 1 || from !== index || lack === 'waiting' || fault !== undefined) {
      reply()
      return
    }
    const one = {
      from,
      reply() {
        clearTimeout(timer)
        waiting.delete(one)
        reply()
      },
    }
    const timer = setTimeout(() => one.reply(), Number.parseInt(searchParams.get('wait')!) * 1_000)
    waiting.add(one)
    response.on('close', () => {
      clearTimeout(timer)
      waiting.delete(one)
    })
  }

  const server = createServer(answer)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    questions,
    token: () => token,
    set(next, nextIndex = index + 1) {
      instances = next
      index = nextIndex
      wakeAll()
    },
    answer(next) {
      fault = next
      if (next !== undefined) wakeAll()
    },
    lacks(what) {
      lack = what
      wakeAll()
    },
  }
}

function isShown({ tags = [], status = 'passing' }: Instance, asked: URLSearchParams): boolean {
  if (asked.has('passing') && status !== 'passing') return false
  return asked.getAll('tag').every((tag) => tags.includes(tag))
}

function entryOf(instance: Instance): object {
  const { address = '', nodeAddress = '10.255.255.1', port, tags = [] } = instance
  const { weights = { Passing: 1, Warning: 1 }, status = 'passing' } = instance
  return {
    Node: { Node: 'n', Address: nodeAddress },
    Service: {
      ID: `${address}:${port}`,
      Address: address,
      Port: port,
      Tags: tags,
      Weights: weights,
    },
    Checks: [{ CheckID: 'c', Status: status }],
  }
}
