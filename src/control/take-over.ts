/** Hands the ports over from a gateway that runs to a new one: for a moment both serve, then the old one leaves. */

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
  for (const pid of old) {
    process.kill(pid, 'SIGTERM')
    say(`taken over: told process ${pid} to leave`)
  }
}
