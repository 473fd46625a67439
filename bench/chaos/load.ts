/** Steady load: a request every so often, whatever becomes of those before. */

import { Agent, request } from 'node:http'

export interface Sent {
  /** On the clock of `performance.now()` plus its origin, which all processes share. */
  readonly at: number
  readonly ms: number
  /** 0 when there was no reply. */
  readonly status: number
}

export class Load {
  readonly sent: Sent[] = []
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1_000 })
  readonly #port: number
  readonly #everyMs: number
  #timer: NodeJS.Timeout | undefined = undefined
  #begun = 0
  #open = 0

  constructor(port: number, perSecond: number) {
    this.#port = port
    this.#everyMs = 1_000 / perSecond
  }

  start(): void {
    const startedAt = performance.now()
    this.#timer = setInterval(() => {
      const due = Math.floor((performance.now() - startedAt) / this.#everyMs)
      while (this.#begun < due) this.#send()
    }, 1)
  }

  /** Resolves when all that was sent has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    while (this.#open > 0) await new Promise((resolve) => void setTimeout(resolve, 10))
    this.#agent.destroy()
  }

  #send(): void {
    this.#begun++
    this.#open++
    const at = now()
    let isAnswered = false
    const end = (status: number): void => {
      this.#open--
      this.sent.push({ at, ms: now() - at, status })
    }
    const asked = request(
      {
        host: '127.0.0.1',
        port: this.#port,
        path: '/',
        agent: this.#agent,
        headers: { 'x-sent-at': String(at) },
      },
      (reply) => {
        isAnswered = true
        let bytes = 0
        reply.on('data', (piece: Buffer) => (bytes += piece.length))
        reply.on('close', () => end(reply.complete && bytes > 0 ? (reply.statusCode ?? 0) : 0))
        reply.on('error', () => {})
      },
    )
    asked.on('error', () => {
      if (!isAnswered) end(0) // else the reply tells its own end
    })
    asked.end()
  }
}

export function now(): number {
  return performance.timeOrigin + performance.now()
}
