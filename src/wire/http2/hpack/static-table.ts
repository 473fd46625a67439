/** The fields that both sides of HPACK know from the beginning (RFC 7541 appendix A); index 1 is the first. */

const FIELDS = `
:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate`

const lines = FIELDS.split('\n')

/** By index; '' at 0, which is none. */
export const staticNames: readonly string[] = lines.map((line) => line.split(' ', 1)[0]!)
export const staticValues: readonly string[] = lines.map((line, index) =>
  line.slice(staticNames[index]!.length + 1),
)

export const STATIC_FIELDS = lines.length - 1

/** The first index of each name. */
export const staticIndexes: ReadonlyMap<string, number> = new Map(
  staticNames
    .map((name, index) => [name, index] as const)
    .slice(1)
    .toReversed(),
)
