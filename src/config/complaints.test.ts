import { testComplaints } from '../../test/kit/complaint-cases.ts'

const ROUTE = 'routes: [{ path: /a, respond: {} }]'

testComplaints([
  {
    about: 'a misspelt section',
    text: `servces: {}\n${ROUTE}`,
    complaints: ['2:1 servces: found the unknown key "servces"; did you mean "services"?'],
  },
  {
    about: 'a key that is like no other, where there are few',
    text: `shutdown: { grace: 5s }\n${ROUTE}`,
    complaints: ['2:13 shutdown.grace: found the unknown key "grace", expected wait, deadline'],
  },
  {
    about: 'a key that is like no other, where there are many',
    text: `grace: 5s\n${ROUTE}`,
    complaints: [
      '2:1 grace: found the unknown key "grace"; `portcullis schema` lists those there are',
    ],
  },
  {
    about: 'a misspelt feature',
    text: 'routes:\n  - path: /a\n    respond: {}\n    ratelimit: 5/s',
    complaints: [
      '5:5 routes[0].ratelimit: found the unknown key "ratelimit"; did you mean "rateLimit"?',
    ],
  },
  {
    about: 'the beginning of a key',
    text: 'routes:\n  - { path: /a, resp: {} }\n  - { path: /a, respond: {} }',
    complaints: ['3:17 routes[0].resp: found the unknown key "resp"; did you mean "respond"?'],
  },
  {
    about: 'a duration without its unit',
    text: 'services: { a: { targets: http://a, timeout: 5 } }\nroutes: [{ path: /a, to: a }]',
    complaints: [
      '2:46 services.a.timeout: found 5, expected a duration with its unit, such as 250ms, 5s, 2m, 1h or 7d, or a mapping',
    ],
  },
  {
    about: 'a duration in quotes without its unit',
    text: 'services: { a: { targets: http://a, timeout: { total: "5" } } }\nroutes: [{ path: /a, to: a }]',
    complaints: [
      '2:55 services.a.timeout.total: found "5", expected a duration with its unit, such as 250ms, 5s, 2m, 1h or 7d',
    ],
  },
  {
    about: 'a duration longer than can be counted',
    text: `shutdown: { wait: 99999999999d }\n${ROUTE}`,
    complaints: ['2:19 shutdown.wait: found "99999999999d", expected a shorter duration'],
  },
  {
    about: 'a wait that leaves nothing of the deadline',
    text: `shutdown: { wait: 40s }\n${ROUTE}`,
    complaints: [
      '2:19 shutdown.wait: found "40s", expected less than `deadline`, of which it is a part',
    ],
  },
  {
    about: 'a lag that cannot be seen',
    text: `overload: { maxLag: 10ms }\n${ROUTE}`,
    complaints: ['2:21 overload.maxLag: found "10ms", expected 50ms or more'],
  },
  {
    about: 'another word for the lag',
    text: `overload: { lag: 1s }\n${ROUTE}`,
    complaints: ['2:13 overload.lag: found the unknown key "lag", expected maxLag'],
  },
  {
    about: 'a size without its unit',
    text: `listeners: { a: { port: 1, limits: { headers: 32 } } }\n${ROUTE}`,
    complaints: [
      '1:47 listeners.a.limits.headers: found 32, expected a size with its unit, such as 512B, 64KiB or 10MiB',
    ],
  },
  {
    about: 'the long form of a setting that has a short one',
    text: 'routes: [{ path: /a, respond: {}, cache: { tll: 5s } }]',
    complaints: [
      '2:42 routes[0].cache.ttl: found nothing, expected a duration with its unit, such as 250ms, 5s, 2m, 1h or 7d',
      '2:44 routes[0].cache.tll: found the unknown key "tll"; did you mean "ttl"?',
    ],
  },
  {
    about: 'a kind of value that no form has',
    text: 'routes: [{ path: /a, respond: {}, rateLimit: 5 }]',
    complaints: [
      '2:46 routes[0].rateLimit: found 5, expected a list, or a text: put it in quotes, or false',
    ],
  },
  {
    about: 'one wrong item of a list',
    text: 'routes: [{ path: /a, respond: {}, rateLimit: [5/s, 5/m] }]',
    complaints: ['2:52 routes[0].rateLimit[1]: found "5/m", expected a rate such as 5/s'],
  },
  {
    about: 'a number where a text is meant',
    text: 'routes: [{ match: { path: /a, headers: { x-beta: 1 } }, respond: {} }]',
    complaints: [
      '2:50 routes[0].match.headers.x-beta: found 1, expected a text: put it in quotes, or true or false, or a mapping',
    ],
  },
  {
    about: 'a text where a number is meant',
    text: 'routes: [{ path: /a, respond: { status: "200" } }]',
    complaints: ['2:41 routes[0].respond.status: found "200", expected a number'],
  },
  {
    about: 'a number out of bounds',
    text: `routes: [{ path: /a, respond: { status: 99 } }]`,
    complaints: ['2:41 routes[0].respond.status: found 99, expected a number of at least 200'],
  },
  {
    about: 'a word that is none of those possible',
    text: `workers: atuo\n${ROUTE}`,
    complaints: ['2:10 workers: found "atuo", expected auto, or a number; did you mean "auto"?'],
  },
  {
    about: 'a section left empty',
    text: 'routes:',
    complaints: ['2:8 routes: found nothing, expected a list'],
  },
  {
    about: 'what is missing, at what lacks it',
    text: 'listeners:\n  public:\n    host: 127.0.0.1\n' + ROUTE,
    complaints: ['3:5 listeners.public.port: found nothing, expected a port from 0 to 65535'],
  },
  {
    about: 'a port out of bounds',
    text: `listen: 80800\n${ROUTE}`,
    complaints: ['1:9 listen: found 80800, expected a port from 0 to 65535'],
  },
  {
    about: 'an address that is none',
    text: `listen: here\n${ROUTE}`,
    complaints: [
      '1:9 listen: found "here", expected a port such as 8080, or an address with one, such as 127.0.0.1:8080',
    ],
  },
  {
    about: 'nowhere to listen',
    text: `workers: 1\n${ROUTE}`,
    complaints: ['1:1 found no listener, expected one, such as "listen: 8080"'],
  },
  {
    about: 'two ways to say where to listen',
    text: `listen: 1\nlisteners: { a: { port: 2 } }\n${ROUTE}`,
    complaints: ['1:1 listen: found "listen" beside "listeners", expected one of them'],
  },
  {
    about: 'two listeners on one port',
    text: `listeners:\n  a: { port: 80 }\n  b: { port: 80, host: 127.0.0.1 }\n  c: { port: 81 }\n${ROUTE}`,
    complaints: ['3:6 listeners.b: found port 80 twice, expected it once; a has it at FILE:2:3'],
  },
  {
    about: 'an admin port that a listener has',
    text: `admin: { port: 8080 }\n${ROUTE}`,
    complaints: ['2:8 admin: found port 8080 twice, expected it once; listen has it at FILE:1:1'],
  },
  {
    about: 'a trusted proxy that is no network',
    text: `listeners: { a: { port: 1, trustedProxies: 10.0.0.0/33 } }\n${ROUTE}`,
    complaints: [
      '1:44 listeners.a.trustedProxies: found "10.0.0.0/33", expected an address or a network, such as 10.0.0.0/8 or fd00::/8',
    ],
  },
])
