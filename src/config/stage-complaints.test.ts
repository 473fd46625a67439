import { testComplaints } from '../../test/kit/complaint-cases.ts'

const STAGES = 'stages: { production: { hosts: api.example }, qa: { hosts: qa.example } }\n'

testComplaints([
  {
    about: 'a host in two stages that have the same prefix',
    text: 'stages:\n  a: { hosts: [x.example, y.example] }\n  b: { hosts: X.example }\n  c: { hosts: x.example, pathPrefix: /c }\nroutes: [{ path: /a, respond: {} }]',
    complaints: [
      '4:15 stages.b.hosts: found the host X.example and no pathPrefix, expected one of them to differ; another stage has both at FILE:3:8',
    ],
  },
  {
    about: 'hosts and prefixes that tell nothing',
    text: 'stages:\n  a: { hosts: ["{tenant}.example"] }\n  b: { hosts: "x:80" }\n  c: { hosts: c.example, pathPrefix: /c/ }\n  d: { hosts: [] }\n  e: { hosts: e.example, pathPrefix: "/{x}/y" }\n  f: { hosts: f.example, pathPrefix: qa }\nroutes: [{ path: /a, respond: {} }]',
    complaints: [
      '3:15 stages.a.hosts: found {tenant}.example, expected a host such as staging.shop.example or *.staging.shop.example',
      '4:15 stages.b.hosts: found x:80, expected a host without its port',
      '5:38 stages.c.pathPrefix: found "/c/", expected a path such as /qa, without a slash at its end',
      '6:15 stages.d.hosts: found an empty list, expected at least 1 in the list',
      '7:38 stages.e.pathPrefix: found "/{x}/y", expected a path such as /qa, without a slash at its end',
      '8:38 stages.f.pathPrefix: found "qa", expected a path such as /qa, without a slash at its end',
    ],
  },
  {
    about: 'a route on a host of a stage',
    text: `${STAGES}routes:\n  - { host: qa.example, path: /a, respond: {} }\n  - { match: { host: "*.example" }, respond: {} }`,
    complaints: [
      '4:13 routes[0].host: found qa.example, which is a host of the stage qa, expected "match: { stage: qa }" or another host',
    ],
  },
  {
    about: 'a route on a host below a stage’s wildcard, and one with host and stage',
    text: 'stages: { qa: { hosts: "*.qa.example" } }\nroutes:\n  - { host: "{t}.x.qa.example", path: /a, respond: {} }\n  - { match: { host: b.example, stage: qa }, respond: {} }',
    complaints: [
      '4:13 routes[0].host: found {t}.x.qa.example, which is a host of the stage qa, expected "match: { stage: qa }" or another host',
      '5:16 routes[1].match.host: found "host" beside "stage", expected one of them: a stage has its own hosts',
    ],
  },
  {
    about: 'stages that there are not, wherever they are named',
    text: `${STAGES}defaults: { stages: { prod: { cache: 1s } } }\nservices: { s: { stages: { qa: { targets: http://a }, quality: { targets: http://b } } } }\napis:\n  x: { path: /x, stages: { q: {} }, routes: [{ path: /, respond: {} }] }\nroutes:\n  - { match: { path: /a, stage: [qa, productoin] }, to: s }`,
    complaints: [
      '3:23 defaults.stages.prod: found no stage "prod"; did you mean "production"?',
      '4:55 services.s.stages.quality: found no stage "quality"; there are production, qa',
      '6:28 apis.x.stages.q: found no stage "q"; did you mean "qa"?',
      '8:33 routes[0].match.stage: found no stage "productoin"; did you mean "production"?',
    ],
  },
  {
    about: 'stages where there are none',
    text: 'routes:\n  - { match: { path: /a, stage: qa }, respond: {} }\n  - { path: /b, respond: {}, stages: { qa: {} } }',
    complaints: [
      '3:33 routes[0].match.stage: found no stage "qa"; there are no `stages`',
      '4:40 routes[1].stages.qa: found no stage "qa"; there are no `stages`',
    ],
  },
  {
    about: 'a service that lacks a stage of its routes',
    text: `${STAGES}services:\n  s: { stages: { qa: { targets: http://a } } }\nroutes:\n  - { path: /a, to: s }\n  - { match: { path: /b, stage: qa }, to: s }\n  - { host: other.example, path: /c, to: s }`,
    complaints: [
      '6:21 routes[0].to: found s, which has no targets for the stage production, expected some there, or "match: { stage: [qa] }" on the route',
      '8:42 routes[2].to: found s, which serves the stages qa alone, on a route that stands in none',
    ],
  },
  {
    about: 'a service without targets of its own for a stage it serves',
    text: `${STAGES}services:\n  s: { targets: http://a, stages: { qa: { timeout: 1s }, production: { targets: [http://b, http://b/] } } }\n  t: {}\nroutes: [{ path: /a, to: s }]`,
    complaints: [
      '4:8 services.s.targets: found "targets" beside "stages", expected it within each stage',
      '4:37 services.s.stages.qa: found no targets of s for the stage qa, expected "targets" or "discover" here: no stage borrows those of another',
      '4:92 services.s.stages.production.targets[1]: found the target http://b/ twice, expected it once; give it a weight instead',
      '5:6 services.t.targets: found a service without targets, expected "targets" or "discover"',
    ],
  },
  {
    about: 'what is wrong within a stage',
    text: `${STAGES}services:\n  s: { stages: { qa: { targets: http://a, balence: random }, production: { targets: ftp://b } } }\nroutes: [{ path: /a, respond: {}, stages: { qa: { cache: 5, path: /b } } }]`,
    complaints: [
      '4:43 services.s.stages.qa.balence: found the unknown key "balence"; did you mean "balance"?',
      '4:85 services.s.stages.production.targets: found "ftp://b", expected http(s)://host:port, with or without a base path, or unix:/path/of/socket',
      '5:58 routes[0].stages.qa.cache: found 5, expected a duration with its unit, such as 250ms, 5s, 2m, 1h or 7d, or a mapping, or false',
      '5:61 routes[0].stages.qa.path: found the unknown key "path", expected cache, headers, rateLimit, websocket, to, respond, redirect',
    ],
  },
])
