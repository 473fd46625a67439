/** The list of gateways that are measured, in the order of the rounds. */

import { caddy } from './caddy.ts'
import { haproxy } from './haproxy.ts'
import { nginxBare, nginxEqual } from './nginx.ts'
import { nodeProxies } from './node-proxies.ts'
import { portcullis } from './portcullis.ts'
import type { Rival } from './rival.ts'

/** The one that the others are compared with. */
export const YARDSTICK = nginxEqual.name

export const rivals: readonly Rival[] = [
  portcullis,
  nginxEqual,
  nginxBare,
  haproxy,
  caddy,
  ...nodeProxies,
]
