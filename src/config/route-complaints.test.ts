import { testComplaints } from '../../test/kit/complaint-cases.ts'

const ROUTE = 'routes: [{ path: /a, respond: {} }]'

testComplaints([
  {
    about: 'a service that is not there',
    text: 'services: { orders: { targets: http://a } }\nroutes:\n  - { path: /a, to: order }\n  - { path: /b, to: orders }',
    complaints: ['4:21 routes[0].to: found no service "order"; did you mean "orders"?'],
  },
  {
    about: 'a condition on Host, which is no field any more when routes match',
    text: 'routes: [{ match: { path: /a, headers: { Host: x } }, respond: {} }]',
    complaints: [
      '2:40 routes[0].match.headers: found host, expected "host" of the route, beside its path',
    ],
  },
  {
    about: 'a service whose name is that of a property of every object',
    text: 'routes: [{ path: /a, to: constructor }]',
    complaints: ['2:26 routes[0].to: found no service "constructor"; there is none yet'],
  },
  {
    about: 'a target that is no URL of a server',
    text: 'services: { a: { targets: [ftp://a, "http://u:p@a", "http://a/?q", "unix:a", "http://a"] } }\nroutes: [{ path: /a, to: a }]',
    complaints: [
      '2:28 services.a.targets[0]: found "ftp://a", expected http(s)://host:port, with or without a base path, or unix:/path/of/socket',
      '2:37 services.a.targets[1]: found "http://u:p@a", expected http(s)://host:port, with or without a base path, or unix:/path/of/socket; a name and password have no place in it',
      '2:53 services.a.targets[2]: found "http://a/?q", expected http(s)://host:port, with or without a base path, or unix:/path/of/socket; "?" and "#" have no place in it',
      '2:68 services.a.targets[3]: found "unix:a", expected http(s)://host:port, with or without a base path, or unix:/path/of/socket',
    ],
  },
  {
    about: 'a target in place of a service that is no URL',
    text: 'routes: [{ path: /a, to: "htp://a" }]',
    complaints: [
      '2:26 routes[0].to: found "htp://a", expected http(s)://host:port, with or without a base path, or unix:/path/of/socket',
    ],
  },
  {
    about: 'a secret in the file, also where it stands in a stage',
    text: `stages: { qa: { hosts: [qa.test] } }
services:
  a: { targets: "http://a", balance: { sticky: { for: 1h, secret: ${'x'.repeat(40)} } } }
  b: { stages: { qa: { targets: "http://b", balance: { sticky: { for: 1h, secret: ${'x'.repeat(40)} } } } } }
routes: [{ path: /a, to: a }]`,
    complaints: [
      '4:67 services.a.balance.sticky.secret: found a secret in the file, expected ${env:NAME} or ${file:path}',
      '5:83 services.b.stages.qa.balance.sticky.secret: found a secret in the file, expected ${env:NAME} or ${file:path}',
    ],
  },
  {
    about: 'one target twice, however it is spelt',
    text: 'services:\n  a: { targets: [http://A:80/x, { url: "http://a/x/", weight: 2 }] }\nroutes: [{ path: /a, to: a }]',
    complaints: [
      '3:33 services.a.targets[1]: found the target http://a/x/ twice, expected it once; give it a weight instead',
    ],
  },
  {
    about: 'a weight of nothing',
    text: 'services: { a: { targets: [{ url: http://a, weight: 0 }] } }\nroutes: [{ path: /a, to: a }]',
    complaints: ['2:53 services.a.targets[0].weight: found 0, expected a number of at least 1'],
  },
  {
    about: 'both forms of a match',
    text: 'routes: [{ path: /a, match: { host: a.example }, respond: {} }]',
    complaints: [
      '2:12 routes[0].path: found "path" beside "match", expected one form: move it into match',
    ],
  },
  {
    about: 'a route for nothing',
    text: 'routes:\n  - respond: {}',
    complaints: ['3:5 routes[0]: found a route for nothing, expected path, host or match'],
  },
  {
    about: 'a route without an end',
    text: 'routes:\n  - path: /a',
    complaints: ['3:5 routes[0]: found no endpoint, expected to, respond or redirect'],
  },
  {
    about: 'a route with two ends',
    text: 'routes:\n  - path: /a\n    respond: {}\n    redirect: /b',
    complaints: ['5:5 routes[0].redirect: found "redirect" beside "respond", expected one of them'],
  },
  {
    about: 'a listener that is not there',
    text: 'routes:\n  - match: { path: /a, listener: [default, intern] }\n    respond: {}',
    complaints: ['3:34 routes[0].match.listener: found no listener "intern"'],
  },
  {
    about: 'one name for two routes',
    text: 'routes:\n  - { name: x, path: /a, respond: {} }\n  - { name: x, path: /b, respond: {} }',
    complaints: [
      '4:13 routes[1].name: found "x" twice, expected it once; it also stands at FILE:3:7',
    ],
  },
  {
    about: 'two routes that match the same',
    text: 'routes:\n  - { name: x, path: "/a/{b}", respond: {} }\n  - { name: y, path: "/a/{c}", respond: {} }',
    complaints: [
      '4:5 routes[1]: found /a/{c} of y and /a/{b} of x match the same requests, expected a method, a condition or a more specific path on one of them; the other stands at FILE:3:5',
    ],
  },
  {
    about: 'a path without its slash',
    text: 'routes: [{ path: a, respond: {} }]',
    complaints: ['2:18 routes[0].path: found "a", expected a path that begins with "/"'],
  },
  {
    about: 'a pattern that is none',
    text: 'routes: [{ path: "/a/**/b", respond: {} }]',
    complaints: ['2:18 routes[0].path: found **, expected ** as the last segment, alone'],
  },
  {
    about: 'a method in small letters',
    text: 'routes: [{ path: /a, methods: [get], respond: {} }]',
    complaints: ['2:31 routes[0].methods: found get, expected GET: methods are told apart by case'],
  },
  {
    about: 'the path of an API that is a pattern',
    text: 'apis:\n  a:\n    path: /a/**\n    routes: [{ path: /b, respond: {} }]',
    complaints: ['4:11 apis.a.path: found "/a/**", expected a path without patterns'],
  },
  {
    about: 'a name that looks like a path',
    text: 'services: { /a: { targets: http://a } }\n' + ROUTE,
    complaints: [
      '2:13 services["/a"]: found "/a", expected a name of letters, digits, "-", "_" and "."',
    ],
  },
  {
    about: 'a parameter that some path of the route does not have',
    text: 'routes:\n  - { path: ["/{id}/**", "/x/{id}"], redirect: "/y/{id}" }\n  - { path: ["/a/{id}", "/b/{ids}"], redirect: "/y/{id}" }\n  - { path: /c, redirect: "/new/**" }',
    complaints: [
      '4:48 routes[1].redirect: found {id}, expected what /b/{ids} has: {ids}; did you mean "ids"? (route /a/{id},+1)',
      '5:27 routes[2].redirect: found **, expected what /c has: no parameters (route /c)',
    ],
  },
  {
    about: 'a page that is not there',
    text: `problems: { html: page.html }\n${ROUTE}`,
    complaints: ['2:19 problems.html: the file "page.html" cannot be read (ENOENT)'],
  },
  {
    about: 'everything that is wrong, at once',
    text: 'listne: 1\nservices: { a: { targets: [http://a, http://a] } }\nroutes:\n  - { path: /a, to: b }\n  - { path: /b, too: a }\n  - { path: /c, to: a, cache: 5 }',
    complaints: [
      '2:1 listne: found the unknown key "listne"; did you mean "listen"?',
      '3:38 services.a.targets[1]: found the target http://a twice, expected it once; give it a weight instead',
      '5:21 routes[0].to: found no service "b"; there are a',
      '6:17 routes[1].too: found the unknown key "too"; did you mean "to"?',
      '7:31 routes[2].cache: found 5, expected a duration with its unit, such as 250ms, 5s, 2m, 1h or 7d, or a mapping, or false',
    ],
  },
])
