/** The gateways under chaos, each told to do what it can: checks, ejection, second tries on another server. */

import { nginxCommand, nginxFrame } from '../load/rivals/nginx.ts'
import type { Rival } from '../load/rivals/rival.ts'

/** From one check of a server to the next; what "within two intervals" means. */
export const INTERVAL_MS = 1_000

interface ChaosPlace {
  readonly port: number
  readonly adminPort: number
  readonly folder: string
  readonly targets: readonly number[]
}

export interface ChaosRival extends Pick<Rival, 'name' | 'needs' | 'version'> {
  launch(place: ChaosPlace): { argv: readonly string[]; files: Readonly<Record<string, string>> }
}

const MAIN = 'dist/main.js'

const portcullis: ChaosRival = {
  name: 'portcullis',
  needs: { file: MAIN },
  version: [process.execPath, '-p', 'require("./package.json").version'],
  launch: ({ port, adminPort, folder, targets }) => ({
    argv: [process.execPath, MAIN, 'start', '--config', `${folder}/portcullis.yaml`],
    files: {
      'portcullis.yaml': `\
listen: 127.0.0.1:${port}
admin: { port: ${adminPort} }
workers: 2
observe: { accessLog: { to: "file:${folder}/access.log" } }
services:
  app:
    targets: [${targets.map((target) => `"http://127.0.0.1:${target}"`).join(', ')}]
    health: { path: /healthz, interval: 1s, timeout: 500ms, down: 2, up: 1 }
    outlier: { after: 3, eject: 5s }
    timeout: { connect: 500ms, response: 1s }
    retry: { attempts: 3, on: [connect, reset, timeout, 500, 502, 503, 504], budget: 20% }
routes:
  - { path: /**, to: app }
`,
    },
  }),
}

const nginx: ChaosRival = {
  name: 'nginx',
  needs: { command: 'nginx' },
  version: ['nginx', '-v'],
  launch: ({ port, folder, targets }) => ({
    argv: nginxCommand(folder),
    files: {
      'nginx.conf': nginxFrame(
        folder,
        `
  access_log off;
  upstream app {
    least_conn;
    zone app 64k;
    ${targets.map((target) => `server 127.0.0.1:${target} max_fails=3 fail_timeout=5s;`).join('\n    ')}
    keepalive 64;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_connect_timeout 500ms;
      proxy_read_timeout 1s;
      proxy_next_upstream error timeout http_500 http_502 http_503 http_504;
      proxy_next_upstream_tries 3;
    }
  }`,
      ),
    },
  }),
}

const haproxy: ChaosRival = {
  name: 'haproxy',
  needs: { command: 'haproxy' },
  version: ['haproxy', '-v'],
  launch: ({ port, folder, targets }) => ({
    argv: ['haproxy', '-db', '-f', `${folder}/haproxy.cfg`],
    files: {
      'haproxy.cfg': `\
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 500ms
  timeout client 1h
  timeout server 1s
  timeout check 500ms
  retries 2
  option redispatch 1
  retry-on conn-failure empty-response junk-response response-timeout 500 502 503 504
frontend clients
  bind 127.0.0.1:${port}
  default_backend app
backend app
  balance leastconn
  option httpchk GET /healthz
  http-reuse always
  default-server check inter 1s fall 2 rise 1
  ${targets.map((target, n) => `server app${n} 127.0.0.1:${target}`).join('\n  ')}
`,
    },
  }),
}

export const gateways: readonly ChaosRival[] = [portcullis, nginx, haproxy]
