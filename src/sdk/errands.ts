/** What one thread asks of servers elsewhere for all workers: keys, tokens. Never for each request. */

export interface Errand {
  readonly url: string
  /** A GET without one. */
  readonly form?: Readonly<Record<string, string>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Until the answer is here. */
  readonly timeoutMs: number
  /** Of the answer's body. */
  readonly maxBytes: number
  /** An answer of 2xx that is not older will do. 0: only one that is on its way. */
  readonly maxAgeMs: number
}

export interface ErrandAnswer {
  readonly status: number
  /** Lower case; what comes several times is joined. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** By `Clock.wall`. */
  readonly at: number
}

export interface Errands {
  /** Those who ask the same at the same time share one answer. Redirects are not followed. Rejects when there is none. */
  run(errand: Errand): Promise<ErrandAnswer>
}
