import { loadKnown } from '#compile/plugins'
import { testComplaints } from '../../test/kit/complaint-cases.ts'

process.env['SHORT_TEST_SECRET'] = 'tiny'
process.env['LONG_TEST_SECRET'] = 'long enough for all of them'

const ISSUER = 'issuer: "https://id.shop.example/", clientId: gw'
const OWN =
  'expected a field of the caller’s own: those of the message, and what the gateway says of it, have no place here'

/** What an authenticator `a` says, and what is said of it: from its mapping on, or of its member. */
const CASES: readonly (readonly [about: string, authenticator: string, ...complaints: string[]])[] = [
  ['an auth server that is no URL', 'forwardAuth: { url: auth.internal, send: [] }', '3:28 .forwardAuth.url: found "auth.internal", expected the URL that is asked, such as http://auth.internal/check: without user, password or "#"'],
  ['a question that brings nothing along', 'forwardAuth: { url: "http://auth.internal/" }', '3:21 .forwardAuth.send: found nothing, expected a list'],
  ['a field that frames the message', 'forwardAuth: { url: "http://a/", send: [content-length] }', `3:48 .forwardAuth.send[0]: found "content-length", ${OWN}`],
  ['a field that the gateway writes itself', 'forwardAuth: { url: "http://a/", send: [x-forwarded-for] }', `3:48 .forwardAuth.send[0]: found "x-forwarded-for", ${OWN}`],
  ['cookies for the service', 'forwardAuth: { url: "http://a/", send: [], take: [set-cookie] }', '3:58 .forwardAuth.take[0]: found "set-cookie", expected a field that may be told to a service: this one frames a message or sets a cookie'],
  ['a key of the cache that is none', 'forwardAuth: { url: "http://a/", send: [], cache: { ttl: 1s, key: user } }', '3:74 .forwardAuth.cache.key: found "user", expected ip, consumer, route, header:NAME, cookie:NAME, query:NAME, claim:NAME, path:NAME or { cel }'],
  ['an issuer in clear text', 'oidc: { issuer: "http://id.shop.example/", clientId: gw }', '3:24 .oidc.issuer: found "http://id.shop.example/", expected the issuer as its tokens name it: https://…, or http:// on this machine or network, without "?" or "#"'],
  ['a client’s secret in the file', `oidc: { ${ISSUER}, clientSecret: abc }`, '3:80 .oidc.clientSecret: found a secret in the file, expected ${env:NAME} or ${file:path}'],
  ['scopes without openid', `oidc: { ${ISSUER}, scopes: [email] }`, '3:74 .oidc.scopes: found a list, expected "openid" among them: without it nobody says who logged in'],
  ['a secret of cookies that is short', `oidc: { ${ISSUER}, secret: "\${env:SHORT_TEST_SECRET}" }`, '3:74 .oidc.secret: found "${env:SHORT_TEST_SECRET}", expected at least 32 characters'],
  ['a callback with a parameter', `oidc: { ${ISSUER}, paths: { callback: "/{id}" } }`, '3:85 .oidc.paths.callback: found "/{id}", expected a path without parameters, such as /login/callback'],
  ['one path for callback and logout', `oidc: { ${ISSUER}, paths: { callback: /a, logout: /a } }`, '3:97 .oidc.paths.logout: found "/a", expected another path than that of the callback'],
  ['a callback that a route has', `oidc: { ${ISSUER}, paths: { callback: /x } }`, `3:14 .oidc: found the path /x, which is /x's too, expected another in "paths"`],
  ['a scheme of webhooks that is none', 'webhook: { scheme: gitlab, secret: "${env:LONG_TEST_SECRET}" }', '3:27 .webhook.scheme: found "gitlab", expected github, stripe, slack or standard; did you mean "github"?'],
  ['a webhook without a way to sign', 'webhook: { secret: "${env:LONG_TEST_SECRET}" }', '3:17 .webhook: found a mapping, expected either "scheme", or "header" and how it is signed'],
  ['a secret of webhooks that is short', 'webhook: { scheme: github, secret: "${env:SHORT_TEST_SECRET}" }', '3:43 .webhook.secret: found "${env:SHORT_TEST_SECRET}", expected at least 16 characters'],
  ['a secret of Standard Webhooks that is none', 'webhook: { scheme: standard, secret: "${env:LONG_TEST_SECRET}" }', '3:45 .webhook.secret: found "${env:LONG_TEST_SECRET}", expected whsec_ and at least 24 bytes in base64'],
  ['a hash where the scheme has its own', 'webhook: { scheme: github, algorithm: sha512, secret: "${env:LONG_TEST_SECRET}" }', '3:46 .webhook.algorithm: found "sha512", expected nothing here: the scheme says how it is signed'],
  ['a time window without a time', 'webhook: { scheme: github, tolerance: 1m, secret: "${env:LONG_TEST_SECRET}" }', '3:46 .webhook.tolerance: found "1m", expected nothing here: nothing says when it was signed'],
  ['a signature without the body', 'webhook: { header: x-a, signed: "x", secret: "${env:LONG_TEST_SECRET}" }', '3:40 .webhook.signed: found "x", expected {body} in it, once'],
  ['a file of keys that is not there', 'signature: { keys: nowhere.json }', '3:27 .signature.keys: the file "nowhere.json" cannot be read (ENOENT)'],
  ['keys that lack a member', `signature: { keys: '[{}]' }`, '3:27 .signature.keys: [0].kid of the file: expected a text'],
  ['a key that cannot be read', 'signature: { keys: [{ kid: a, alg: ed25519, key: x }] }', '3:27 .signature.keys: the key a for ed25519: it cannot be read'],
  ['a secret of signatures that is short', 'signature: { keys: [{ kid: a, alg: hmac-sha256, secret: "${env:SHORT_TEST_SECRET}" }] }', '3:27 .signature.keys: the key a for hmac-sha256: it is no secret of at least 32 bytes'],
  ['a component that is none', 'signature: { keys: [{ kid: a, alg: ed25519, key: x }], components: ["@url"] }', '3:76 .signature.components[0]: found "@url", expected a header field, or one of @method, @target-uri, @authority, @scheme, @request-target, @path, @query'],
] // prettier-ignore

testComplaints(
  CASES.map(([about, authenticator, ...complaints]) => ({
    about,
    text: `authenticators:\n  a: { ${authenticator} }\nroutes: [{ path: /x, respond: x, auth: a }]`,
    complaints: complaints.map((complaint) => complaint.replace(/ \./, ' authenticators.a.')),
  })),
  await loadKnown([]),
)
