import { testComplaints } from '../../test/kit/complaint-cases.ts'

const service = (members: string): string =>
  `services: { s: { ${members} } }\nroutes: [{ path: /a, to: s }]`

testComplaints([
  {
    about: 'neither targets nor discover',
    text: service('balance: random'),
    complaints: [
      '2:16 services.s.targets: found a service without targets, expected "targets" or "discover"',
    ],
  },
  {
    about: 'both',
    text: service('targets: http://a, discover: { srv: _a._tcp.internal }'),
    complaints: ['2:37 services.s.discover: found discover beside targets, expected one of them'],
  },
  {
    about: 'no source',
    text: service('discover: {}'),
    complaints: [
      '2:28 services.s.discover: found a mapping, expected one of dns, srv, file or consul',
    ],
  },
  {
    about: 'two sources',
    text: service('discover: { dns: a.internal, port: 80, consul: a }'),
    complaints: ['2:65 services.s.discover.consul: found dns and consul, expected one of them'],
  },
  {
    about: 'a source there is not',
    text: service('discover: { cosul: a }'),
    complaints: [
      '2:28 services.s.discover: found a mapping, expected one of dns, srv, file or consul',
      '2:30 services.s.discover.cosul: found the unknown key "cosul"; did you mean "consul"?',
    ],
  },
  {
    about: 'a name without a port',
    text: service('discover: { dns: a.internal }'),
    complaints: ['2:28 services.s.discover: found no port, expected one beside dns'],
  },
  {
    about: 'a port beside a source that brings its own',
    text: service('discover: { srv: a.internal, port: 3000 }'),
    complaints: ['2:53 services.s.discover.port: found a port, expected one beside dns alone'],
  },
  {
    about: 'a port that is none',
    text: service('discover: { dns: a.internal, port: 0 }'),
    complaints: ['2:53 services.s.discover.port: found 0, expected a port from 1 to 65535'],
  },
  {
    about: 'an address in place of a name',
    text: service('discover: { dns: 10.0.0.5, port: 80 }'),
    complaints: [
      '2:35 services.s.discover.dns: found "10.0.0.5", expected a name such as users.internal; an address stands under targets',
    ],
  },
  {
    about: 'a URL in place of a name',
    text: service('discover: { dns: "http://a.internal", port: 80 }'),
    complaints: [
      '2:35 services.s.discover.dns: found "http://a.internal", expected a name such as users.internal',
    ],
  },
  {
    about: 'a resolver that is no address',
    text: service('discover: { srv: a.internal, resolver: dns.internal }'),
    complaints: [
      '2:57 services.s.discover.resolver: found "dns.internal", expected an address such as 10.0.0.2 or 10.0.0.2:5353',
    ],
  },
  {
    about: 'a network that is none',
    text: service('discover: { srv: a.internal }, allowedNetworks: 10.0.0.0/33'),
    complaints: [
      '2:66 services.s.allowedNetworks: found "10.0.0.0/33", expected an address or a network, such as 10.0.0.0/8 or fd00::/8',
    ],
  },
  {
    about: 'networks where nothing is discovered',
    text: service('targets: http://a, allowedNetworks: 10.0.0.0/8'),
    complaints: [
      '2:37 services.s.allowedNetworks: found allowedNetworks beside targets, expected it where addresses are found',
    ],
  },
  {
    about: 'a token in the file, which is not shown',
    text: service('discover: { consul: { service: a, token: hunter2 } }'),
    complaints: [
      '2:59 services.s.discover.consul.token: found a secret in the file, expected ${env:NAME} or ${file:path}',
    ],
  },
  {
    about: 'a Consul that is nowhere, a wait that is too long, a key that is not known',
    text: service('discover: { consul: { service: a, url: "127.0.0.1:8500", wait: 1h, tag: b } }'),
    complaints: [
      `2:57 services.s.discover.consul.url: found "127.0.0.1:8500", expected the URL of Consul's HTTP API, such as http://127.0.0.1:8500`,
      '2:81 services.s.discover.consul.wait: found "1h", expected a duration from 1s to 10m',
      '2:85 services.s.discover.consul.tag: found the unknown key "tag"; did you mean "tags"?',
    ],
  },
  {
    about: 'a name that leads elsewhere',
    text: service('discover: { consul: ../kv }'),
    complaints: ['2:38 services.s.discover.consul: found "../kv", expected the name of a service'],
  },
])
