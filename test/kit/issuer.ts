/** A real OpenID provider, in a process of its own: discovery, keys, logins, tokens, introspection. */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import type { Scope } from './temporary-folder.ts'

export interface IssuerOptions {
  /** As in dynamic registration (RFC 7591): client_id, client_secret, redirect_uris, grant_types … */
  readonly clients: readonly ({ readonly client_id: string } & Readonly<Record<string, unknown>>)[]
  readonly accessTokenTtlS?: number
  readonly alg?: 'RS256' | 'ES256'
}

export type IssuerOrder =
  | { readonly kind: 'rotate'; readonly keepsOld: boolean }
  | { readonly kind: 'fault'; readonly fault?: { readonly status: number; readonly body: string } }

export interface TestIssuer {
  /** What its tokens call it. */
  readonly url: string
  /** Signs by a new key from here on; the old ones stay in its key set, or not. */
  rotateKeys(keepsOld: boolean): Promise<void>
  /** Answers everything so; undefined: as it should. */
  answer(fault: { readonly status: number; readonly body: string } | undefined): Promise<void>
  /** Takes connections, and says nothing more. */
  stall(): void
  goOn(): void
  stop(): Promise<void>
}

/** `port`: where one stood before that was stopped. */
export async function startIssuer(
  t: Scope,
  options: IssuerOptions,
  port?: number,
): Promise<TestIssuer> {
  const at = port ?? (await freePort())
  const child = fork(
    join(import.meta.dirname, 'issuer-process.ts'),
    [JSON.stringify({ ...options, port: at })],
    { execArgv: ['--conditions=source'], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
  )
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  t.after(stop)
  const [first] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  if (first !== 'listening') throw new Error(`the issuer ended with ${String(first)}`)
  const order = async (told: IssuerOrder): Promise<void> => {
    const done = once(child, 'message')
    child.send(told)
    await done
  }
  return {
    url: `http://127.0.0.1:${at}`,
    rotateKeys: (keepsOld) => order({ kind: 'rotate', keepsOld }),
    answer: (fault) => order({ kind: 'fault', ...(fault && { fault }) }),
    stall: () => void child.kill('SIGSTOP'),
    goOn: () => void child.kill('SIGCONT'),
    stop,
  }
}
