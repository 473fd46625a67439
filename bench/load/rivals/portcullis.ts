/** This gateway, as it is published, with the few lines that a person would write. */

import { ISSUER } from '../token.ts'
import type { Place, Rival } from './rival.ts'

const MAIN = 'dist/main.js'

export const portcullis: Rival = {
  name: 'portcullis',
  features: 'JSON log, request id, forwarding headers',
  needs: { file: MAIN },
  canSecure: true,
  canGuard: true,
  version: [process.execPath, '-p', 'require("./package.json").version'],
  launch: (place) => ({
    argv: [process.execPath, MAIN, 'start', '--config', file(place)],
    files: { 'portcullis.yaml': configuration(place), 'keys.json': place.keys },
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
${place.guard === 'tokenAndLimit' ? `authenticators: { issuer: { jwt: { issuer: "${ISSUER}", audience: bench, jwks: keys.json } } }` : ''}
routes:
  - path: /**
    ${place.guard === 'tokenAndLimit' ? 'auth: issuer' : ''}
    ${place.guard === undefined ? '' : 'rateLimit: 1000000/s'}
    to: http://127.0.0.1:${place.originPort}
`
