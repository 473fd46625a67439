import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { HeaderList } from '#http/header-list'
import { normalizePath } from '#http/path'
import { createRouterBuilder } from './router-builder.ts'

/** What backends make of a path: some drop parameters, some merge slashes, some take `\` for `/`. All resolve dots. */
const readings: ((path: string) => string)[] = [
  (path) => path,
  (path) => path.replace(/;[^/]*/g, ''),
  (path) => path.replace(/\/+/g, '/'),
  (path) => path.replace(/%3b[^/]*/gi, '').replace(/;[^/]*/g, ''),
  (path) => path.replace(/%5c/gi, '/').replace(/\/+/g, '/'),
  (path) => path.replace(/#.*$/, ''),
  (path) =>
    path
      .replace(/%2f/gi, '/')
      .replace(/;[^/]*/g, '')
      .replace(/\/+/g, '/'),
  decodeOnce,
]

function decodeOnce(path: string): string {
  return path.replace(/%(?!2f)[0-9a-f]{2}/gi, (escape) =>
    String.fromCharCode(Number.parseInt(escape.slice(1), 16)),
  )
}

function resolveDots(path: string): string {
  const kept: string[] = []
  for (const segment of path.slice(1).split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}`
}

const pieces =
  '/ / / // . .. %2e %2E%2e %2f %5c %5C ; ;x=1 %3b %23 # \\ %25 %3f public admin admin %61dmin adm%69n %00 a'
const path = fc
  .array(fc.constantFrom(...pieces.split(' ')), { minLength: 1, maxLength: 9, size: 'max' })
  .map((chosen) => `/${chosen.join('')}`)

test('no path reaches an open route that any backend would read as a protected one', () => {
  const builder = createRouterBuilder<string>()
  for (const [name, pattern] of Object.entries({
    open: '/public/**',
    any: '/**',
    admin: '/admin/**',
  })) {
    assert.deepEqual(builder.add({ name, path: pattern }, name), [])
  }
  const router = builder.build()
  const request = { method: 'GET', host: 'h', query: '', headers: new HeaderList(), listener: 'l' }
  let passed = 0
  fc.assert(
    fc.property(path, (raw) => {
      const normal = normalizePath(raw)
      if (normal === undefined) return
      const match = router.match({ ...request, path: normal })
      if (match.route === undefined || match.route === 'admin') return
      passed++
      for (const read of readings) {
        assert.doesNotMatch(
          resolveDots(read(normal)),
          /^\/admin(\/|$)/,
          `${raw} goes on as ${normal}`,
        )
      }
    }),
    { numRuns: 3000, examples: [['/;x=1%5cadmin./adm%69n'], ['/;x=1%5c/admin']] },
  )
  assert.ok(passed > 50)
})
