import { loadKnown } from '#compile/plugins'
import { testComplaints } from '../../../test/kit/complaint-cases.ts'

const SERVICES = 'services: { old: { targets: http://a }, next: { targets: http://b } }\n'
const route = (to: string) =>
  `${SERVICES}routes:\n  - { path: /a, to: ${to} }\n  - { path: /b, to: old }\n  - { path: /c, to: next }`

testComplaints(
  [
    {
      about: 'a service of a split that is not there, where it stands',
      text: route('[{ to: old, weight: 95 }, { to: nxt, weight: 5 }]'),
      complaints: ['4:53 routes[0].to[1].to: found no service "nxt"; did you mean "next"?'],
    },
    {
      about: 'a server of a split that is no URL of one',
      text: route('[{ to: old, weight: 95 }, { to: "http://a/?q", weight: 5 }]'),
      complaints: [
        '4:53 routes[0].to[1].to: found "http://a/?q", expected http(s)://host:port, with or without a base path, or unix:/path/of/socket; "?" and "#" have no place in it',
      ],
    },
    {
      about: 'a service of a split without a weight',
      text: route('[{ to: old, weight: 95 }, { to: next }]'),
      complaints: [
        '4:47 routes[0].to[1]: found a mapping, expected a weight beside "to", such as weight: 5',
      ],
    },
    {
      about: 'a weight that is no weight',
      text: route('[{ to: old, weight: 95 }, { to: next, weight: -5 }]'),
      complaints: ['4:67 routes[0].to[1].weight: found -5, expected a weight from 0 to 1000000'],
    },
    {
      about: 'a weight in percent',
      text: route('[{ to: old, weight: 95% }, { to: next, weight: 5 }]'),
      complaints: ['4:41 routes[0].to[0].weight: found "95%", expected a weight from 0 to 1000000'],
    },
    {
      about: 'a service of a split that nobody is sent to',
      text: route('[{ to: old, weight: 100 }, { to: next, weight: 0 }]'),
      complaints: [
        '4:68 routes[0].to[1].weight: found 0, expected a weight above 0, or a "when" that says who goes there',
      ],
    },
    {
      about: 'a split that leaves nothing to everybody else',
      text: route('[{ to: old, weight: 0, when: "true" }, { to: next, weight: 0, when: "true" }]'),
      complaints: [
        '4:21 routes[0].to: found a list, expected one with a weight above 0, for everybody else',
      ],
    },
    {
      about: 'one service twice in a split',
      text: route('[{ to: old, weight: 1 }, { to: old, weight: 2 }]'),
      complaints: [
        '4:52 routes[0].to[1].to: found "old", expected each service once: add the weights',
      ],
    },
    {
      about: 'a split of one',
      text: route('[{ to: old, weight: 1 }]'),
      complaints: ['4:21 routes[0].to: found a list, expected at least 2 in the list'],
    },
    {
      about: 'a misspelt member of a split',
      text: route('[{ to: old, wieght: 1 }, { to: next, weight: 2 }]'),
      complaints: [
        '4:33 routes[0].to[0].wieght: found the unknown key "wieght"; did you mean "weight"?',
      ],
    },
    {
      about: 'a `when` that is no expression',
      text: route(`[{ to: old, weight: 1 }, { to: next, when: 'header.x == "1"' }]`),
      complaints: [
        '4:64 routes[0].to[1].when: found "header.x == \\"1\\"", expected an expression; at character 1: there is no variable "header"; did you mean "headers"?',
      ],
    },
    {
      about: 'a `when` that asks for a parameter which the path has not',
      text: route(`[{ to: old, weight: 1 }, { to: next, when: 'path.id == "1"' }]`),
      complaints: ['4:21 routes[0].to: found {id}, expected what /a has: no parameters (route /a)'],
    },
    {
      about: 'a key of `sticky` that is none',
      text: route('{ split: [{ to: old, weight: 1 }, { to: next, weight: 2 }], sticky: user }'),
      complaints: [
        '4:89 routes[0].to.sticky: found "user", expected ip, consumer, route, header:NAME, cookie:NAME, query:NAME, claim:NAME, path:NAME or { cel }',
      ],
    },
    {
      about: 'a cookie of `sticky` without a name',
      text: route(
        '{ split: [{ to: old, weight: 1 }, { to: next, weight: 2 }], sticky: { cookie: "" } }',
      ),
      complaints: ['4:99 routes[0].to.sticky.cookie: found "", expected the name of a cookie'],
    },
  ],
  await loadKnown([]),
)
