/** Hands the ports over from a gateway that runs to a new one: for a moment both serve, then the old one leaves. */

import { readFileSync } from 'node:fs'
import { portHolder } from '#control/port-holder'

/** What a gateway's process is called. */
export const PROCESS_NAME = 'portcullis'

interface Startable {
  start(): Promise<void>
  readonly ports: Readonly<Record<string, number>>
}

/** Starts `gateway` beside the one that holds its ports, then tells that one to leave. */
export async function takeOver(gateway: Startable, say: (text: string) => void): Promise<void> {
  await gateway.start()
  const old = new Set(
    Object.values(gateway.ports)
      .map((port) => portHolder(port, process.pid))
      .filter((holder) => holder?.name === PROCESS_NAME)
      .map((holder) => holder!.pid),
  )
  if (old.size > 0 && !migratesConnections()) say(MIGRATION_ADVICE)
  for (const pid of old) {
    process.kill(pid, 'SIGTERM')
    say(`taken over: told process ${pid} to leave`)
  }
}

const MIGRATION = '/proc/sys/net/ipv4/tcp_migrate_req'
const MIGRATION_ADVICE =
  'advice: a connection that is being made just as the old doors close is reset by the kernel, unless it may hand it to the new ones: sysctl -w net.ipv4.tcp_migrate_req=1'

/** Whether the kernel hands what waits at a closed port to others that listen there (Linux 5.14 and later). */
function migratesConnections(): boolean {
  try {
    return readFileSync(MIGRATION, 'latin1').trim() === '1'
  } catch {
    return true // nothing to advise where there is no such setting
  }
}
