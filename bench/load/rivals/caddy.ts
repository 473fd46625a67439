/** Caddy held to one core's worth of Go, with its JSON log and the forwarding headers it always adds. */

import type { Place, Rival } from './rival.ts'

export const caddy: Rival = {
  name: 'caddy',
  features: 'JSON log, X-Forwarded-*',
  needs: { command: 'caddy' },
  version: ['caddy', 'version'],
  launch: (place) => ({
    argv: ['caddy', 'run', '--adapter', 'caddyfile', '--config', `${place.folder}/Caddyfile`],
    env: {
      GOMAXPROCS: '1',
      HOME: place.folder,
      XDG_CONFIG_HOME: place.folder,
      XDG_DATA_HOME: place.folder,
    },
    files: { Caddyfile: configuration(place) },
  }),
}

/** Caddy keeps 32 idle connections by itself: fewer than the load has, so that it would connect anew all the time. */
const configuration = ({ port, originPort, folder }: Place) => `\
{
  admin off
  auto_https off
}
http://127.0.0.1:${port} {
  bind 127.0.0.1
  log {
    output file ${folder}/access.log
    format json
  }
  reverse_proxy 127.0.0.1:${originPort} {
    transport http {
      keepalive 1h
      keepalive_idle_conns 1024
      keepalive_idle_conns_per_host 1024
    }
  }
}
`
