/** This gateway, as it is published, with the few lines that a person would write. */

import type { Place, Rival } from './rival.ts'

const MAIN = 'dist/main.js'

export const portcullis: Rival = {
  name: 'portcullis',
  features: 'JSON log, request id, forwarding headers',
  needs: { file: MAIN },
  canSecure: true,
  version: [process.execPath, '-p', 'require("./package.json").version'],
  launch: (place) => ({
    argv: [process.execPath, MAIN, 'start', '--config', file(place)],
    files: { 'portcullis.yaml': configuration(place) },
  }),
}

const file = ({ folder }: Place) => `${folder}/portcullis.yaml`

const listener = ({ port, secure }: Place) =>
  secure === undefined
    ? `listen: 127.0.0.1:${port}`
    : `listeners: { main: { host: 127.0.0.1, port: ${port}, tls: { certificates: { cert: ${secure.certFile}, key: ${secure.keyFile} } } } }`

const configuration = (place: Place) => `\
${listener(place)}
workers: 1
admin: { port: ${place.adminPort} }
observe: { accessLog: { to: "file:${place.folder}/access.log" } }
routes:
  - path: /**
    to: http://127.0.0.1:${place.originPort}
`
