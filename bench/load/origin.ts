/** The backend that all gateways share: an nginx that answers from memory, so that it is never the slowest. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LOAD_CORES } from './child.ts'
import { nginxCommand, nginxFrame } from './rivals/nginx.ts'
import { freePort, type Testbed } from './testbed.ts'

/** Resolves with its port. */
export async function startOrigin(testbed: Testbed): Promise<number> {
  const port = await freePort()
  const folder = join(testbed.folder, 'origin')
  mkdirSync(folder)
  writeFileSync(join(folder, 'nginx.conf'), configuration(port, folder))
  const url = `http://127.0.0.1:${port}/1k`
  await testbed.start({ name: 'origin', argv: nginxCommand(folder), cores: LOAD_CORES, url })
  return port
}

/** One word of nginx's configuration holds less than 4 KiB: the large answer is put together from small ones. */
const configuration = (port: number, folder: string) =>
  nginxFrame(
    folder,
    `
  access_log off;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    default_type text/plain;
    set $kib "${'x'.repeat(1024)}";
    location = /auth { return 204; }
    location /1k { return 200 $kib; }
    location /64k {
      set $eight "${'$kib'.repeat(8)}";
      return 200 "${'$eight'.repeat(8)}";
    }
  }`,
  )
