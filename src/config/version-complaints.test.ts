import { testComplaints } from '../../test/kit/complaint-cases.ts'

const ROUTES = 'routes: [{ path: /, respond: {} }]'

testComplaints([
  {
    about: 'versions told apart by a header that is none',
    text: 'apis: { a: { path: /a, versionBy: "header:Host", versions: { v1: { routes: [{ path: /, respond: {} }] } } } }',
    complaints: [
      '2:35 apis.a.versionBy: found "header:Host", expected another header: versions on hosts of their own say "host" each',
    ],
  },
  {
    about: 'an API that lacks all of it',
    text: `apis:\n  a: { title: A }\n  b: { path: /b }\n  c: { ${ROUTES} }`,
    complaints: [
      '3:6 apis.a: found an API without routes, expected "routes" or "versions"',
      '3:6 apis.a: found an API without a path, expected one, such as "path: /orders"',
      '4:6 apis.b: found an API without routes, expected "routes" or "versions"',
      '5:6 apis.c: found an API without a path, expected one, such as "path: /orders"',
    ],
  },
  {
    about: 'one version and several at once',
    text: `apis:\n  a:\n    version: v1\n    sunset: 2027-01-01\n    ${ROUTES}\n    versions: { v2: { path: /v2, ${ROUTES} } }`,
    complaints: [
      '4:5 apis.a.version: found "version" beside "versions", expected it within a version',
      '5:5 apis.a.sunset: found "sunset" beside "versions", expected it within a version',
      '6:5 apis.a.routes: found "routes" beside "versions", expected it within a version',
    ],
  },
  {
    about: 'versions that nothing tells apart',
    text: `apis:\n  a:\n    path: /a\n    versions:\n      v1: { ${ROUTES} }\n      v2: { value: "2", path: /v2, ${ROUTES} }\n  b:\n    versionBy: header:x\n    versions: { v1: { ${ROUTES} } }\n  c: { path: /c, versionBy: query:v, ${ROUTES} }`,
    complaints: [
      '6:11 apis.a.versions.v1: found nothing that tells this version from others, expected a path, a host, or "versionBy" on the API',
      '7:13 apis.a.versions.v2.value: found "value", expected "versionBy" on the API, such as header:x-api-version',
      '7:31 apis.a.versions.v2.path: found "path" on the version and on its API, expected one of them',
      '10:21 apis.b.versions.v1: found a version without a path, expected one here or on its API',
      '11:18 apis.c.versionBy: found "versionBy", expected "versions" beside it',
    ],
  },
  {
    about: 'two versions that are the same one',
    text: `apis:\n  a:\n    path: /a\n    versionBy: header:x-v\n    versions:\n      v1: { default: true, ${ROUTES} }\n      v2: { default: true, ${ROUTES} }\n      v3: { value: v1, ${ROUTES} }`,
    complaints: [
      '8:22 apis.a.versions.v2.default: found a second default version, expected one; v1 is it',
      '8:37 apis.a.versions.v2.routes[0]: found /a of /a v2 and /a of /a v1 match the same requests, expected a method, a condition or a more specific path on one of them; the other stands at FILE:7:37',
      '9:33 apis.a.versions.v3.routes[0]: found /a of /a v3 and /a of /a v1 match the same requests, expected a method, a condition or a more specific path on one of them; the other stands at FILE:7:37',
    ],
  },
  {
    about: 'ends that cannot be',
    text: `apis:\n  a:\n    versions:\n      v1: { path: /1, deprecated: 2027-02-01, sunset: 2027-01-01, successor: v22, ${ROUTES} }\n      v2: { path: /2, sunset: 2027-02-31, docs: page, ${ROUTES} }\n      v3: { path: /3, deprecated: soon, ${ROUTES} }\n      v4: { path: /4, deprecated: 2027, ${ROUTES} }`,
    complaints: [
      '5:55 apis.a.versions.v1.sunset: found a sunset before "deprecated", expected one after',
      '5:78 apis.a.versions.v1.successor: found no version "v22"; there are v1',
      '6:31 apis.a.versions.v2.sunset: found "2027-02-31", expected a day that there is',
      '6:49 apis.a.versions.v2.docs: found "page", expected a URL',
      '7:35 apis.a.versions.v3.deprecated: found "soon", expected a date, such as 2027-03-01 or 2027-03-01T12:00Z',
      '8:35 apis.a.versions.v4.deprecated: found 2027, expected a date, such as 2027-03-01',
    ],
  },
  {
    about: 'a way to tell versions that there is not',
    text: `apis:\n  a: { path: /a, versionBy: cookie:v, versions: { v1: { ${ROUTES} } } }`,
    complaints: [
      '3:29 apis.a.versionBy: found "cookie:v", expected header:NAME, query:NAME, mediaType or mediaType:PARAMETER',
    ],
  },
  {
    about: 'an API of no version',
    text: `apis:\n  a: { path: /a, versions: {} }\n${ROUTES}`,
    complaints: ['3:28 apis.a.versions: found no version, expected one or more, by name'],
  },
])
