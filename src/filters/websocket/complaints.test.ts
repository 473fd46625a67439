import { loadKnown } from '#compile/plugins'
import { testComplaints } from '../../../test/kit/complaint-cases.ts'

const route = (websocket: string) =>
  `routes:\n  - { path: /ws, to: "http://127.0.0.1:1", websocket: ${websocket} }`

testComplaints(
  [
    {
      about: 'an origin with a path',
      text: route('{ origins: "https://app.example/chat" }'),
      complaints: [
        '3:66 routes[0].websocket.origins: found "https://app.example/chat", expected an origin such as https://app.example, or *',
      ],
    },
    {
      about: 'origins without a scheme',
      text: route('{ origins: [app.example] }'),
      complaints: [
        '3:67 routes[0].websocket.origins[0]: found "app.example", expected an origin such as https://app.example, or *',
      ],
    },
    {
      about: 'an origin with a port that goes without saying',
      text: route('{ origins: "https://app.example:443" }'),
      complaints: [
        '3:66 routes[0].websocket.origins: found "https://app.example:443", expected an origin such as https://app.example, or *',
      ],
    },
    {
      about: 'an idle time without a unit',
      text: route('{ idle: 60 }'),
      complaints: [
        '3:63 routes[0].websocket.idle: found 60, expected a duration with its unit, such as 250ms, 5s, 2m, 1h or 7d',
      ],
    },
    {
      about: 'no connections',
      text: route('{ connections: 0 }'),
      complaints: [
        '3:70 routes[0].websocket.connections: found 0, expected a number of at least 1',
      ],
    },
    {
      about: 'a word for it',
      text: route('"on"'),
      complaints: ['3:55 routes[0].websocket: found "on", expected a mapping, or true, or false'],
    },
    {
      about: 'a member that is not there',
      text: route('{ origin: "*" }'),
      complaints: [
        '3:57 routes[0].websocket.origin: found the unknown key "origin"; did you mean "origins"?',
      ],
    },
  ],
  await loadKnown([]),
)
