import { loadKnown } from '#compile/plugins'
import { testComplaints } from '../../../test/kit/complaint-cases.ts'

const route = (features: string) =>
  `services: { one: { targets: http://a }, two: { targets: http://b } }\nroutes:\n  - { path: /a, to: one, ${features} }\n  - { path: /b, to: two }`

testComplaints(
  [
    {
      about: 'a fallback to a service that is not there',
      text: route('fallback: { to: tow }'),
      complaints: ['4:42 routes[0].fallback.to: found no service "tow"; did you mean "two"?'],
    },
    {
      about: 'a fallback that says nobody',
      text: route('fallback: { on: connect }'),
      complaints: ['4:36 routes[0].fallback: found a mapping, expected "to" or "respond"'],
    },
    {
      about: 'a fallback that says two',
      text: route('fallback: { to: two, respond: sorry }'),
      complaints: ['4:36 routes[0].fallback: found a mapping, expected one of "to" and "respond"'],
    },
    {
      about: 'a reason for a fallback that is none',
      text: route('fallback: { to: two, on: [conect, 404] }'),
      complaints: [
        '4:52 routes[0].fallback.on[0]: found "conect", expected connect, reset, timeout, open, unavailable or a status from 500 to 599; did you mean "connect"?',
        '4:60 routes[0].fallback.on[1]: found 404, expected connect, reset, timeout, open, unavailable or a status from 500 to 599',
      ],
    },
    {
      about: 'a reply with a body and a status that has none',
      text: route('fallback: { respond: { status: 204, body: x } }'),
      complaints: [
        '4:68 routes[0].fallback.respond.body: found "x", expected no body with this status',
      ],
    },
    {
      about: 'a priority that is none',
      text: route('priority: urgent'),
      complaints: [
        '4:36 routes[0].priority: found "urgent", expected low, normal, high or critical, or false',
      ],
    },
    {
      about: 'a mirror to nobody',
      text: route('mirror: { share: 10% }'),
      complaints: ['4:34 routes[0].mirror.to: found nothing, expected a text'],
    },
    {
      about: 'a mirror to a service that is not there',
      text: route('mirror: { to: three }'),
      complaints: ['4:40 routes[0].mirror.to: found no service "three"; there are one, two'],
    },
    {
      about: 'copies without an end',
      text: route('mirror: { to: two, timeout: 0s }'),
      complaints: ['4:54 routes[0].mirror.timeout: found "0s", expected more than 0s'],
    },
    {
      about: 'a share that is none',
      text: route('mirror: { to: two, share: 0.1 }'),
      complaints: ['4:52 routes[0].mirror.share: found 0.1, expected a share, such as 20%'],
    },
    {
      about: 'what a service itself names and is not there',
      text: 'services:\n  one: { targets: http://a, fallback: { to: tow }, mirror: { to: "http://a/#x" } }\n  two: { targets: http://b }\nroutes: [{ path: /a, to: one }, { path: /b, to: two }]',
      complaints: [
        '3:45 services.one.fallback.to: found no service "tow"; did you mean "two"?',
        '3:66 services.one.mirror.to: found "http://a/#x", expected http(s)://host:port, with or without a base path, or unix:/path/of/socket; "?" and "#" have no place in it',
      ],
    },
    {
      about: 'a fallback that has no targets in a stage that needs it',
      text: `stages: { production: { hosts: [a.example] }, qa: { hosts: [b.example] } }
services:
  one: { targets: http://a, fallback: { to: two } }
  two: { stages: { production: { targets: http://b } } }
routes: [{ path: /a, to: one }]`,
      complaints: [
        '4:45 services.one.fallback.to: found two, which has no targets for the stage qa, expected some there, or "match: { stage: [production] }" on the route',
      ],
    },
  ],
  await loadKnown([]),
)
