/** A real DNS server, whose answers a test changes. */

import { type ChildProcess, spawn } from 'node:child_process'
import { promises } from 'node:dns'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { freePort } from './free-port.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { until } from './until.ts'

const PROGRAM = ['/usr/sbin/dnsmasq', '/usr/local/sbin/dnsmasq', '/opt/homebrew/sbin/dnsmasq'].find(
  (file) => existsSync(file),
)

/** For `test`: without the program there is nothing to ask. */
export const NEEDS_DNSMASQ = {
  skip: PROGRAM === undefined ? 'dnsmasq is not installed' : false,
} as const

export interface Zone {
  /** Addresses by name: IPv4 and IPv6. */
  readonly hosts?: Readonly<Record<string, readonly string[]>>
  /** `name,target,port,priority,weight` */
  readonly srv?: readonly string[]
  /** `alias,target` */
  readonly cnames?: readonly string[]
}

export interface Dnsmasq {
  /** `127.0.0.1:PORT` */
  readonly address: string
  /** Changes the answers of a running server. */
  setHosts(hosts: NonNullable<Zone['hosts']>): void
  /** It is there, and says nothing. */
  freeze(): void
  thaw(): void
  start(zone?: Zone): Promise<void>
  stop(): Promise<void>
}

/** It knows all of `internal`, and nothing else; what it says holds for a second. */
export async function startDnsmasq(t: TestContext, zone: Zone = {}): Promise<Dnsmasq> {
  const folder = await temporaryFolder(t, {})
  const hostsFile = join(folder, 'hosts')
  const port = await freePort()
  let last = zone
  let child: ChildProcess | undefined

  const writeHosts = (hosts: NonNullable<Zone['hosts']>): void => {
    last = { ...last, hosts }
    const lines = Object.entries(hosts).flatMap(([name, addresses]) =>
      addresses.map((address) => `${address} ${name}\n`),
    )
    writeFileSync(hostsFile, lines.join(''))
  }

  const dnsmasq: Dnsmasq = {
    address: `127.0.0.1:${port}`,
    setHosts(hosts) {
      writeHosts(hosts)
      child?.kill('SIGHUP')
    },
    async start(next = last) {
      last = next
      writeHosts(next.hosts ?? {})
      child = spawn(PROGRAM!, [
        '--keep-in-foreground',
        '--conf-file=/dev/null',
        '--no-resolv',
        '--no-hosts',
        '--listen-address=127.0.0.1',
        '--bind-interfaces',
        `--port=${port}`,
        '--user=',
        '--group=',
        '--pid-file=',
        '--local=/internal/',
        '--local-ttl=1',
        `--addn-hosts=${hostsFile}`,
        ...(next.srv ?? []).map((record) => `--srv-host=${record}`),
        ...(next.cnames ?? []).map((record) => `--cname=${record}`),
      ])
      await until(() => answers(dnsmasq.address))
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async stop() {
      const gone = child
      child = undefined
      if (gone === undefined) return
      const exited = once(gone, 'exit')
      gone.kill('SIGKILL')
      await exited
    },
  }
  t.after(() => dnsmasq.stop())
  await dnsmasq.start()
  return dnsmasq
}

async function answers(address: string): Promise<boolean> {
  const resolver = new promises.Resolver({ timeout: 200, tries: 1 })
  resolver.setServers([address])
  try {
    await resolver.resolve4('nobody.internal')
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTFOUND'
  }
}
