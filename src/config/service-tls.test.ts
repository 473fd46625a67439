import { testComplaints } from '../../test/kit/complaint-cases.ts'

testComplaints([
  {
    about: 'plain text beyond the local network',
    text: 'services:\n  a: { targets: [http://10.0.0.1, http://8.8.8.8, { url: "http://[2001:4860::8]:81" }] }\n  b: { targets: http://9.9.9.9, plaintext: true }\nroutes: [{ path: /a, to: a }, { path: /b, to: b }]',
    complaints: [
      '3:35 services.a.targets[1]: found http://8.8.8.8, an address beyond the local network that would be called in plain text, expected https, or a service that says "plaintext: true"',
      '3:51 services.a.targets[2]: found http://[2001:4860::8]:81, an address beyond the local network that would be called in plain text, expected https, or a service that says "plaintext: true"',
    ],
  },
  {
    about: 'plain text beyond the local network in one stage',
    text: 'stages: { qa: { hosts: qa.example } }\nservices:\n  a: { stages: { qa: { targets: http://8.8.8.8 } } }\nroutes: [{ path: /a, to: a }]',
    complaints: [
      '4:33 services.a.stages.qa.targets: found http://8.8.8.8, an address beyond the local network that would be called in plain text, expected https, or a service that says "plaintext: true"',
    ],
  },
  {
    about: 'plain text beyond the local network, written in place of a service',
    text: 'routes: [{ path: /a, to: "http://8.8.8.8/x" }]',
    complaints: [
      '2:26 routes[0].to: found http://8.8.8.8/x, an address beyond the local network that would be called in plain text, expected https, or a service that says "plaintext: true"',
    ],
  },
  {
    about: 'half a certificate, files that are not there, and versions that are too old',
    text: 'services:\n  a: { targets: https://a, tls: { cert: x.pem } }\n  b: { targets: https://b, tls: { ca: [nowhere.pem] } }\n  c: { targets: https://c, tls: { minVersion: TLSv1, serverName: "a b" } }\nroutes: [{ path: /a, to: a }, { path: /b, to: b }, { path: /c, to: c }]',
    complaints: [
      '3:33 services.a.tls: found a mapping, expected both cert and key, or neither',
      '4:40 services.b.tls.ca[0]: the file "nowhere.pem" cannot be read (ENOENT)',
      '5:47 services.c.tls.minVersion: found "TLSv1", expected TLSv1.2 or TLSv1.3; did you mean "TLSv1.2"?',
      '5:66 services.c.tls.serverName: found "a b", expected a host name',
    ],
  },
])
