import assert from 'node:assert/strict'
import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { complaintsOf, loadFiles } from '../../test/kit/config-files.ts'
import { FAKE_KNOWN } from '../../test/kit/fake-known.ts'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'
import { loadConfig } from './load.ts'
import { ParseCache } from './parse-cache.ts'

test('included files are joined; what is wrong in one is said of that one', async (t) => {
  const { loaded, files, short } = await loadFiles(t, {
    'p.yaml':
      'listen: 8080\ninclude: [routes/*.yaml, more.json]\nservices: { a: { targets: http://a } }\nroutes: [{ path: /, to: a }]',
    'more.json': '{ "services": { "c": { "targets": "http://c" } } }',
    'routes/1.yaml': 'routes:\n  - { path: /1, to: b }',
    'routes/2.yaml': 'services: { b: { targets: http://b } }\nroutes:\n  - { path: /2, to: c }',
    'routes/3.txt': 'not: read',
  })
  assert.ok(loaded.ok, complaintsOf(loaded).join('\n'))
  assert.deepEqual(
    loaded.config.routes.map(({ name, source }) => [name, short(source.file), source.line]),
    [
      ['/', 'p.yaml', 4],
      ['/1', 'routes/1.yaml', 2],
      ['/2', 'routes/2.yaml', 3],
    ],
  )
  assert.deepEqual(files, ['p.yaml', 'routes/1.yaml', 'routes/2.yaml', 'more.json', 'routes'])
})

test('what may stand only once, or only in the first file, is refused with both places', async (t) => {
  const { loaded, short } = await loadFiles(t, {
    'p.yaml':
      'listen: 8080\ninclude: [a.yaml, b.yaml, none.yaml]\nservices:\n  a: { targets: http://a }',
    'a.yaml': 'services:\n  b: { targets: http://b }\nroutes: [{ path: /a, too: a }]',
    'b.yaml': 'workers: 2\nservices:\n  a: { targets: http://c }\n  b: { targets: http://d }',
  })
  assert.deepEqual(complaintsOf(loaded, short), [
    'a.yaml:3:22 routes[0].too: found the unknown key "too"; did you mean "to"?',
    'b.yaml:1:1 workers: found in an included file, expected in the first file, p.yaml',
    'b.yaml:3:3 services.a: found "a" twice, expected it once; it also stands at p.yaml:4:3',
    'b.yaml:4:3 services.b: found "b" twice, expected it once; it also stands at a.yaml:2:3',
    'p.yaml:2:27 include[2]: found no file "none.yaml", expected a file to include',
  ])
})

test('a file that did not change is not parsed again', async (t) => {
  const files = {
    'p.yaml': 'listen: 8080\ninclude: more.yaml\nroutes: [{ path: /, respond: {} }]',
    'more.yaml': 'routes: [{ path: /more, respond: {}, cache: "${env:TTL}" }]',
  }
  const folder = await temporaryFolder(t, files)
  const file = join(folder, 'p.yaml')
  const cache = new ParseCache()
  const ttlOf = async (TTL: string) => {
    const loaded = await loadConfig(file, FAKE_KNOWN, { cache, environment: { TTL } })
    assert.ok(loaded.ok, complaintsOf(loaded).join('\n'))
    return loaded.config.routes.map(({ features }) => features['cache']?.settings[0])
  }
  assert.deepEqual(await ttlOf('1s'), [undefined, '1s'])
  assert.equal(cache.parses, 2)
  assert.deepEqual(await ttlOf('2s'), [undefined, '2s'])
  assert.equal(cache.parses, 2)

  await utimes(join(folder, 'more.yaml'), 1, 1)
  await ttlOf('2s')
  assert.equal(cache.parses, 2, 'a touched file is the same file')

  await writeFile(file, files['p.yaml'].replace('/,', '/changed,'))
  assert.deepEqual(await ttlOf('2s'), [undefined, '2s'])
  assert.equal(cache.parses, 3)
})
