import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FieldKind, fieldName, fieldNameIn, mayTrail } from './field-names.ts'

function kind(raw: string): number | undefined {
  return fieldName(raw)?.kind
}

test('a name is known in lower case, however it was written', () => {
  for (const raw of ['content-type', 'Content-Type', 'CONTENT-TYPE', 'cOntent-tYpe']) {
    assert.equal(fieldName(raw)?.name, 'content-type')
    assert.equal(fieldName(raw)?.name, 'content-type', 'the second time, found again')
  }
  assert.equal(fieldNameIn('X: 1\r\nX-Odd-One: 2', 6, 15)?.name, 'x-odd-one')
})

test('a name is a token: no white space, no separators, nothing beyond ASCII', () => {
  const names = [
    '',
    ' ',
    'a ',
    ' a',
    'a\t',
    'a b',
    'a:b',
    'a\r',
    'a\nb',
    'a\0',
    'a(b)',
    'a/b',
    'a@b',
    'é',
    '"a"',
    'a\x7f',
  ]
  for (const raw of names) assert.equal(fieldName(raw), undefined, JSON.stringify(raw))
  assert.equal(fieldName("!#$%&'*+-.^_`|~09az")?.name, "!#$%&'*+-.^_`|~09az")
})

test('a name that objects have of themselves is an ordinary one', () => {
  for (const raw of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    assert.equal(kind(raw), FieldKind.ordinary)
  }
})

test('what frames, what is for one hop and what proxies say is told from the rest', () => {
  assert.equal(kind('Host'), FieldKind.host)
  assert.equal(kind('CONTENT-length'), FieldKind.contentLength)
  assert.equal(kind('Transfer-Encoding'), FieldKind.transferEncoding)
  for (const raw of [
    'Keep-Alive',
    'Proxy-Connection',
    'Proxy-Authorization',
    'HTTP2-Settings',
    'Proxy',
  ]) {
    assert.equal(kind(raw), FieldKind.hopByHop, raw)
  }
  const forwarded = [
    'Forwarded',
    'X-Forwarded-For',
    'x-forwarded-anything',
    'X-Consumer-Groups',
    'X-Real-IP',
    'X-Request-Id',
    'Traceparent',
  ]
  forwarded.push(
    'X-Original-URL',
    'X-Rewrite-URL',
    'X-Original-URI',
    'Client-Cert',
    'True-Client-IP',
    'X-Forwarded',
  )
  for (const raw of forwarded) assert.equal(kind(raw), FieldKind.forwarded, raw)
  for (const raw of ['Accept', 'X-Api-Key', 'X-Forwardedfor', 'Contentlength']) {
    assert.equal(kind(raw), FieldKind.ordinary, raw)
  }
})

test('an underscore does not make a reserved name another one', () => {
  const reserved = ['X_Forwarded_For', 'x-forwarded_proto', 'Transfer_Encoding', 'CONTENT_LENGTH']
  reserved.push('x_request_id', 'X_Real-IP', 'x_consumer_name', 'Content_Type', 'Keep_Alive')
  for (const raw of reserved) assert.equal(kind(raw), FieldKind.lookAlike, raw)
  assert.equal(kind('x_tenant_id'), FieldKind.ordinary)
})

test('thousands of names made up to land in one place are still told apart', () => {
  // Length, first, middle and last character are all that the look-up hashes.
  const names = Array.from(
    { length: 5_000 },
    (_, n) => `x${String(n).padStart(6, '0')}-m-${String(n).padStart(6, '0')}z`,
  )
  for (const name of names) assert.equal(fieldName(name.toUpperCase())?.name, name)
  for (const name of names) assert.equal(fieldName(name)?.name, name)
  assert.equal(kind('Content-Length'), FieldKind.contentLength)
})

test('long names work and are not kept', () => {
  const long = `X-${'a'.repeat(5_000)}`
  assert.equal(fieldName(long)?.name, long.toLowerCase())
})

test('after a body only what changes nothing may stand', () => {
  const never = [
    'Content-Length',
    'transfer-encoding',
    'host',
    'trailer',
    'connection',
    'te',
    'expect',
    'upgrade',
  ]
  never.push(
    'authorization',
    'cookie',
    'set-cookie',
    'www-authenticate',
    'proxy-authenticate',
    'x-forwarded-for',
  )
  never.push(
    'content-type',
    'content-encoding',
    'content-range',
    'content-anything',
    'cache-control',
    'max-forwards',
  )
  never.push('location', 'x_forwarded_for', 'vary', 'range', 'if-match')
  for (const name of never) assert.equal(mayTrail(fieldName(name)!), false, name)
  for (const name of [
    'grpc-status',
    'x-checksum',
    'server-timing',
    'content-digest',
    'repr-digest',
  ]) {
    assert.equal(mayTrail(fieldName(name)!), true, name)
  }
})
