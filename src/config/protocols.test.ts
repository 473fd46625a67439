import { testComplaints } from '../../test/kit/complaint-cases.ts'

const listener = (rest: string): string =>
  `listeners: { main: { port: 8080, ${rest} } }\nroutes: [{ path: /a, respond: {} }]`

testComplaints([
  {
    about: 'h2 without TLS',
    text: listener('protocols: [http1, h2]'),
    complaints: [
      '1:53 listeners.main.protocols[1]: found "h2", which clients choose by TLS, on a listener without, expected "h2c", or "tls" beside it',
    ],
  },
  {
    about: 'a protocol that is none',
    text: listener('protocols: [http2]'),
    complaints: [
      '1:46 listeners.main.protocols[0]: found "http2", expected http1, h2 or h2c; did you mean "http1"?',
    ],
  },
  {
    about: 'no protocol',
    text: listener('protocols: []'),
    complaints: [
      '1:45 listeners.main.protocols: found an empty list, expected at least 1 in the list',
    ],
  },
])
