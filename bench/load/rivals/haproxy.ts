/** HAProxy on one thread, bare: it would log by syslog alone, to a process that nobody counts. */

import type { Place, Rival } from './rival.ts'

export const haproxy: Rival = {
  name: 'haproxy',
  features: 'none',
  needs: { command: 'haproxy' },
  version: ['haproxy', '-v'],
  launch: (place) => ({
    argv: ['haproxy', '-db', '-f', `${place.folder}/haproxy.cfg`],
    files: { 'haproxy.cfg': configuration(place) },
  }),
}

const configuration = ({ port, originPort }: Place) => `\
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout client 1h
  timeout server 1h
frontend clients
  bind 127.0.0.1:${port}
  default_backend origin
backend origin
  server origin 127.0.0.1:${originPort} pool-purge-delay 1h
`
