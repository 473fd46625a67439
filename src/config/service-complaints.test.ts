import { loadKnown } from '#compile/plugins'
import { testComplaints } from '../../test/kit/complaint-cases.ts'

const service = (member: string): string =>
  `services:\n  a:\n    targets: http://a\n    ${member}\nroutes: [{ path: /, to: a }]`

testComplaints(
  [
    {
      about: 'two ways to balance',
      text: service('balance: { hash: ip, sticky: 1h }'),
      complaints: [
        '5:26 services.a.balance.sticky: found "sticky" beside "hash", expected one of them',
      ],
    },
    {
      about: 'a client that stays for no time',
      text: service('balance: { sticky: 0s }'),
      complaints: ['5:24 services.a.balance.sticky: found "0s", expected more than 0s'],
    },
    {
      about: 'checks without a pause, and checks that have no time',
      text: service('health: { path: /h, interval: 0s, timeout: 0s }'),
      complaints: [
        '5:35 services.a.health.interval: found "0s", expected a duration from 1ms to 1d',
        '5:48 services.a.health.timeout: found "0s", expected a duration from 1ms to 1d',
      ],
    },
    {
      about: 'checks that are never made',
      text: service('health: { path: /h, interval: 60d }'),
      complaints: [
        '5:35 services.a.health.interval: found "60d", expected a duration from 1ms to 1d',
      ],
    },
    {
      about: 'a path of checks that cannot be asked for',
      text: service('health: { path: /état }'),
      complaints: ['5:21 services.a.health.path: found "/état", expected a path, such as /healthz'],
    },
    {
      about: 'an ejection and a breaker that last no time',
      text: service('outlier: { eject: 0s }\n    circuitBreaker: { open: 0s }'),
      complaints: [
        '5:23 services.a.outlier.eject: found "0s", expected more than 0s',
        '6:29 services.a.circuitBreaker.open: found "0s", expected more than 0s',
      ],
    },
    {
      about: 'a service that answers in its own place',
      text: service('fallback: { to: a }'),
      complaints: ['5:21 services.a.fallback.to: found a, expected another service than this one'],
    },
    {
      about: 'what is wrong in one stage, where it stands, and for all of them once each',
      text: `stages: { p: { hosts: p.test }, q: { hosts: q.test } }
services:
  a:
    fallback: { to: a }
    stages:
      p: { targets: [http://a, http://a/] }
      q: { targets: http://a, fallback: { to: b }, balance: { sticky: { for: 1h, secret: "${'x'.repeat(32)}" } } }
  b: { targets: http://b }
routes: [{ path: /, to: a }]`,
      complaints: [
        '5:21 services.a.fallback.to: found a, expected another service than this one',
        '7:32 services.a.stages.p.targets[1]: found the target http://a/ twice, expected it once; give it a weight instead',
        '8:90 services.a.stages.q.balance.sticky.secret: found a secret in the file, expected ${env:NAME} or ${file:path}',
      ],
    },
    {
      about: 'two services with one cookie, where a request may come to both',
      text: `stages: { p: { hosts: p.test }, q: { hosts: q.test } }
services:
  a: { balance: { sticky: { for: 1h, cookie: side } }, stages: { p: { targets: http://a }, q: { targets: http://b } } }
  b: { balance: { sticky: { for: 1h, cookie: side } }, stages: { q: { targets: http://c } } }
  c: { stages: { p: { targets: http://a, balance: { sticky: { for: 1h, cookie: only } } } } }
  d: { stages: { q: { targets: http://a, balance: { sticky: { for: 1h, cookie: only } } } } }
routes: [{ path: /, to: a }]`,
      complaints: [
        '5:46 services.b.balance.sticky.cookie: found side, which is the cookie of a, expected another',
      ],
    },
    {
      about: 'services as a list',
      text: 'services: [{ name: a, targets: http://a }]\nroutes: [{ path: /, to: a }]',
      complaints: [
        '2:11 services: found a list, expected a mapping',
        '3:25 routes[0].to: found no service "a"; there is none yet',
      ],
    },
    {
      about: 'a host that is none',
      text: service('host: "[::1"'),
      complaints: ['5:11 services.a.host: found "[::1", expected keep, target or a host name'],
    },
  ],
  await loadKnown([]),
)
