/** nginx twice: with the features that this gateway has by itself, and bare. */

import type { Place, Rival } from './rival.ts'

/** As many as a log line of ours has; written in pieces, as ours are. */
const LOG = (folder: string) => `
  log_format line escape=json '{"time":"$time_iso8601","requestId":"$request_id",'
    '"client":"$remote_addr","method":"$request_method","host":"$http_host","uri":"$request_uri",'
    '"status":$status,"bytesIn":$request_length,"bytesOut":$bytes_sent,"seconds":$request_time,'
    '"upstream":"$upstream_addr","upstreamSeconds":"$upstream_response_time",'
    '"upstreamStatus":"$upstream_status","userAgent":"$http_user_agent"}';
  access_log ${folder}/access.log line buffer=64k flush=1s;`

/** The client is not trusted: what it says of itself is replaced, not continued. */
const FORWARDING = `
    proxy_set_header X-Request-Id $request_id;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Host $http_host;
    proxy_set_header X-Forwarded-Port $server_port;
    proxy_set_header Forwarded "for=$remote_addr;host=\\"$http_host\\";proto=$scheme";
    proxy_set_header Via "1.1 nginx";
    add_header X-Request-Id $request_id;`

export const nginxEqual: Rival = nginx(
  'nginx',
  'JSON log, request id, forwarding headers',
  (place) => configuration(place, LOG(place.folder), FORWARDING),
)

export const nginxBare: Rival = nginx('nginx-bare', 'none', (place) =>
  configuration(place, 'access_log off;', ''),
)

function nginx(name: string, features: string, write: (place: Place) => string): Rival {
  return {
    name,
    features,
    needs: { command: 'nginx' },
    canSecure: true,
    canGuard: true,
    version: ['nginx', '-v'],
    launch: (place) => ({
      argv: nginxCommand(place.folder),
      files: { 'nginx.conf': write(place) },
    }),
  }
}

/** `-e`, because nginx opens its built-in log path before it reads the file that names another. */
export const nginxCommand = (folder: string): string[] => [
  'nginx',
  '-e',
  'stderr',
  '-p',
  folder,
  '-c',
  `${folder}/nginx.conf`,
]

/** What surrounds every nginx here: one worker, in the foreground, nothing written outside its folder. */
export const nginxFrame = (folder: string, http: string): string => `\
daemon off;
worker_processes 1;
worker_rlimit_nofile 65536;
pid ${folder}/nginx.pid;
error_log stderr warn;
events { worker_connections 30000; }
http {
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
${http}
}
`

const tls = ({ secure }: Place) =>
  secure === undefined
    ? ''
    : `
    ssl_certificate ${secure.certFile};
    ssl_certificate_key ${secure.keyFile};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_tickets on;`

/** So many that nobody is refused: what is measured is the counting. */
const guardZone = ({ guard }: Place) =>
  guard === undefined
    ? ''
    : `
  limit_req_zone $binary_remote_addr zone=callers:10m rate=1000000r/s;`

/** Without modules nginx asks another server whether a token is good. */
const authLocation = ({ guard }: Place) =>
  guard === 'tokenAndLimit'
    ? `
    location = /auth {
      internal;
      proxy_pass http://origin/auth;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
    }`
    : ''

const guarded = ({ guard }: Place) =>
  `${guard === 'tokenAndLimit' ? '\n    auth_request /auth;' : ''}${guard === undefined ? '' : '\n    limit_req zone=callers burst=100000 nodelay;'}`

const configuration = (place: Place, log: string, forwarding: string) =>
  nginxFrame(
    place.folder,
    `${log}${guardZone(place)}
  upstream origin {
    server 127.0.0.1:${place.originPort};
    keepalive 512;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
  }
  server {
    listen 127.0.0.1:${place.port}${place.secure === undefined ? '' : ' ssl http2'} backlog=4096;${tls(place)}
${authLocation(place)}
    location / {${guarded(place)}
    proxy_pass http://origin;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    # Room for the largest reply of the scenarios: no temporary file.
    proxy_buffers 16 8k;${forwarding}
    }
  }`,
  )
