/** Runs the errands of all workers: one request for those who ask the same, and what was answered lately for those who come later. */

import { type IncomingMessage, request } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Clock } from '#base/clock'
import type { Errand, ErrandAnswer } from '#sdk/errands'

/** Answers that are kept, and requests at once. */
const MAX_KEPT = 1_000
const MAX_UNDER_WAY = 200

export class ErrandRunner {
  readonly #clock: Pick<Clock, 'wall'>
  readonly #answers = new Map<string, ErrandAnswer>()
  readonly #underWay = new Map<string, Promise<ErrandAnswer>>()

  constructor(clock: Pick<Clock, 'wall'>) {
    this.#clock = clock
  }

  async run(errand: Errand): Promise<ErrandAnswer> {
    const key = JSON.stringify([errand.url, errand.form, errand.headers])
    const kept = this.#answers.get(key)
    if (kept !== undefined && this.#clock.wall() - kept.at <= errand.maxAgeMs) return kept
    const begun = this.#underWay.get(key)
    if (begun !== undefined) return begun
    if (this.#underWay.size >= MAX_UNDER_WAY) throw new Error('too many errands are under way')
    const answer = ask(errand, this.#clock)
    this.#underWay.set(key, answer)
    try {
      const came = await answer
      if (errand.maxAgeMs > 0 && came.status >= 200 && came.status < 300) this.#keep(key, came)
      return came
    } finally {
      this.#underWay.delete(key)
    }
  }

  #keep(key: string, answer: ErrandAnswer): void {
    this.#answers.delete(key)
    this.#answers.set(key, answer)
    if (this.#answers.size <= MAX_KEPT) return
    const [oldest] = this.#answers.keys()
    this.#answers.delete(oldest!)
  }
}

function ask(errand: Errand, clock: Pick<Clock, 'wall'>): Promise<ErrandAnswer> {
  const { url, form, headers = {}, timeoutMs } = errand
  const body = form === undefined ? undefined : new URLSearchParams(form).toString()
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? requestHttps : request
    const asked = send(
      url,
      {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          accept: 'application/json',
          'user-agent': 'portcullis',
          ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          ...headers,
        },
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
      },
      (reply) => void read(reply, errand.maxBytes, clock).then(resolve, reject),
    )
    asked.on('error', (error) =>
      reject(
        /^(?:Abort|Timeout)Error$/.test(error.name)
          ? new Error(`no answer within ${timeoutMs} ms`)
          : error,
      ),
    )
    asked.end(body)
  })
}

async function read(
  reply: IncomingMessage,
  maxBytes: number,
  clock: Pick<Clock, 'wall'>,
): Promise<ErrandAnswer> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of reply as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > maxBytes) throw new Error(`its answer is longer than ${maxBytes} bytes`)
    pieces.push(piece)
  }
  return {
    status: reply.statusCode ?? 0,
    headers: Object.fromEntries(
      Object.entries(reply.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
    ),
    body: Buffer.concat(pieces).toString('utf8'),
    at: clock.wall(),
  }
}
