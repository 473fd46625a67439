/** This gateway, as it is published, with the few lines that a person would write. */

import type { Place, Rival } from './rival.ts'

const MAIN = 'dist/main.js'

export const portcullis: Rival = {
  name: 'portcullis',
  features: 'JSON log, request id, forwarding headers',
  needs: { file: MAIN },
  version: [process.execPath, '-p', 'require("./package.json").version'],
  launch: (place) => ({
    argv: [process.execPath, MAIN, 'start', '--config', file(place)],
    files: { 'portcullis.yaml': configuration(place) },
  }),
}

const file = ({ folder }: Place) => `${folder}/portcullis.yaml`

const configuration = ({ port, adminPort, originPort, folder }: Place) => `\
listen: 127.0.0.1:${port}
workers: 1
admin: { port: ${adminPort} }
observe: { accessLog: { to: "file:${folder}/access.log" } }
routes:
  - path: /**
    to: http://127.0.0.1:${originPort}
`
