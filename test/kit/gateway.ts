/** A gateway under test: the real one, with one worker, on free ports, and its log at hand. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Gateway } from '../../src/gateway.ts'
import { type Scope, temporaryFolder } from './temporary-folder.ts'
import { until } from './until.ts'

export interface TestGateway {
  readonly gateway: Gateway
  /** Of the first listener. */
  readonly port: number
  readonly url: string
  readonly folder: string
  /** For tests of how it stops; else it does when the test is over. */
  readonly stop: Gateway['stop']
  /** Writes the file anew and waits until that is in force; fails when it is refused. */
  readonly reload: (yaml: string) => Promise<void>
  /** Parsed lines of the access log, once there are at least so many. */
  readonly accessLog: (lines: number) => Promise<Record<string, unknown>[]>
  /** A number of /metrics, such as `portcullis_requests_in_progress`. */
  readonly metric: (name: string) => Promise<number>
}

/** `yaml` needs no listener, admin port or log: those are put before it. */
export async function startGateway(
  t: Scope,
  yaml: string,
  head: { readonly workers?: number; readonly listen?: string; readonly stage?: string } = {},
): Promise<TestGateway> {
  const folder = await temporaryFolder(t, {})
  const file = join(folder, 'portcullis.yaml')
  const top =
    `${head.listen ?? 'listen: 127.0.0.1:0'}\nworkers: ${head.workers ?? 1}\nadmin: { port: 0 }\n` +
    `observe: { accessLog: { to: "file:access.log" } }\nshutdown: { wait: 0ms, deadline: 1s }\n`
  writeFileSync(file, top + yaml)
  const gateway = new Gateway({
    file,
    environment: process.env,
    isTerminal: false,
    stage: head.stage,
  })
  await gateway.start()
  let stopping: ReturnType<Gateway['stop']> | undefined
  const stop: Gateway['stop'] = (waitMs, deadlineMs) =>
    (stopping ??= gateway.stop(waitMs, deadlineMs))
  t.after(() => stop())
  const port = Object.values(gateway.ports)[0]!
  const log = (): string[] =>
    readFileSync(join(folder, 'access.log'), 'utf8').split('\n').slice(0, -1)
  return {
    gateway,
    port,
    url: `http://127.0.0.1:${port}`,
    folder,
    stop,
    async reload(next) {
      writeFileSync(file, top + next)
      const outcome = await gateway.reload()
      if (outcome.kind === 'refused') throw outcome.reason
    },
    async accessLog(lines) {
      await until(() => log().length >= lines)
      return log().map((line) => JSON.parse(line) as Record<string, unknown>)
    },
    async metric(name) {
      const text = await (await fetch(`http://127.0.0.1:${gateway.adminPort}/metrics`)).text()
      const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `))
      return Number(line?.slice(name.length + 1))
    },
  }
}
