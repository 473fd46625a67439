import { loadKnown } from '#compile/plugins'
import { testComplaints } from '../../test/kit/complaint-cases.ts'

const known = await loadKnown([])
const METHODS = known.authenticators.map(({ name }) => name).join(', ')
const KEY = 'a'.repeat(64)

testComplaints(
  [
    {
      about: 'an authenticator with two methods, with none, and with one that nobody knows',
      text: `authenticators:
  a: { apiKey: { header: x-a }, clientCertificate: {} }
  b: {}
  c: { magic: {} }
routes: [{ path: /, respond: x, auth: [a, b, c] }]`,
      complaints: [
        `3:6 authenticators.a: found a mapping, expected exactly one method: ${METHODS}`,
        `4:6 authenticators.b: found a mapping, expected exactly one method: ${METHODS}`,
        '5:8 authenticators.c.magic: found the unknown key "magic"; did you mean "basic"?',
      ],
    },
    {
      about: 'an authenticator that is not there',
      text: `authenticators: { keys: { apiKey: { header: x-a } } }
routes:
  - { path: /a, respond: x, auth: kees }
  - { path: /b, respond: x, auth: { all: [keys, other] } }`,
      complaints: [
        '4:35 routes[0].auth: found no authenticator "kees"; did you mean "keys"?',
        '5:35 routes[1].auth: found no authenticator "other"; there are keys',
      ],
    },
    {
      about: 'permissions where nobody is known',
      text: `routes:
  - { path: /a, respond: x, authorize: { scopes: read } }
  - { path: /b, respond: x, identity: { headers: { x-user: claims.sub } } }`,
      complaints: [
        '3:29 routes[0].authorize: found "authorize" on a route without "auth", expected both: nobody is known there',
        '4:29 routes[1].identity: found "identity" on a route without "auth", expected both: nobody is known there',
      ],
    },
    {
      about: 'permissions that ask for nothing, and an expression that is none',
      text: `authenticators: { keys: { apiKey: { header: x-a } } }
routes:
  - { path: /a, respond: x, auth: keys, authorize: {} }
  - { path: /b, respond: x, auth: keys, authorize: { when: "request.nothing" } }
  - { path: /c, respond: x, auth: { anonymous: true } }`,
      complaints: [
        '4:52 routes[0].authorize: found a mapping, expected scopes, groups, consumers, ip or when',
        '5:60 routes[1].authorize.when: found "request.nothing", expected an expression; at character 9: request has no "nothing"; it has method, path, host, scheme',
        '6:35 routes[2].auth: found a mapping, expected the name of an authenticator, in "any" or in "all"',
      ],
    },
    {
      about: 'an API key in two places, and a scheme without a header',
      text: `authenticators:
  a: { apiKey: { header: x-a, query: a } }
  b: { apiKey: { query: a, scheme: Bearer } }
routes: [{ path: /, respond: x, auth: [a, b] }]`,
      complaints: [
        '3:16 authenticators.a.apiKey: found a mapping, expected one of header, query and cookie',
        '4:16 authenticators.b.apiKey: found a scheme without a header, expected both: only a header has one',
      ],
    },
    {
      about:
        'a consumer without a name, twice, with a plan that is not there, and keys that are none',
      text: `consumers:
  - { name: a, apiKeys: ["${KEY}"] }
  - { name: a }
  - { name: b, plan: gold, apiKeys: [secret] }
  - { groups: x }
  - { name: c, apiKeys: ["sha256:${KEY}"] }
  - { file: nowhere.ndjson }
routes: [{ path: /, respond: x }]`,
      complaints: [
        '4:13 consumers[1].name: found the consumer "a" twice, expected it once',
        '5:38 consumers[2].apiKeys[0]: found "secret", expected the hash of a key, as `portcullis key hash` prints it: sha256:… of 64 hex digits',
        '6:5 consumers[3].name: found nothing, expected a text',
        '7:25 consumers[4].apiKeys: found a key that stands elsewhere too, expected every key once',
        '8:13 consumers[5].file: the file "nowhere.ndjson" cannot be read (ENOENT)',
      ],
    },
    {
      about: 'a password in the file, and one that begins as a hash and is none',
      text: `authenticators: { p: { basic: { users: [{ name: a, password: "plain-text" }, { name: b, password: "scrypt:1:2" }] } } }
routes: [{ path: /, respond: x, auth: p }]`,
      complaints: [
        '2:99 authenticators.p.basic.users[1].password: found "scrypt:1:2", expected scrypt:N:r:p:salt:hash, as `portcullis key hash --password` prints it',
      ],
    },
    {
      about: 'pages of anywhere with credentials, and origins that are none',
      text: `routes:
  - { path: /a, respond: x, cors: { origins: "*", credentials: true } }
  - { path: /b, respond: x, cors: https://app.test/ }
  - { path: /c, respond: x, cors: app.test }
  - { path: /d, respond: x, csrf: { origins: x } }
  - { path: /e, respond: x, ip: {} }
  - { path: /f, respond: x, ip: { allow: 10.0.0.0/40 } }`,
      complaints: [
        '3:35 routes[0].cors: found origins: "*" beside credentials: true, expected the origins by name: any page could act as its visitor',
        '4:35 routes[1].cors: found "https://app.test/", expected an origin such as https://app.example or https://*.app.example, or *',
        '5:35 routes[2].cors: found "app.test", expected an origin such as https://app.example or https://*.app.example, or *',
        '6:46 routes[3].csrf.origins: found "x", expected an origin such as https://app.example',
        '7:33 routes[4].ip: found a mapping, expected allow or deny',
        '8:42 routes[5].ip.allow: found "10.0.0.0/40", expected an address or a network, such as 10.0.0.0/8 or fd00::/8',
      ],
    },
  ],
  known,
)
