import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { FAKE_KNOWN } from '../../test/kit/fake-known.ts'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'
import { loadConfig } from './load.ts'

/** Not `include`: a random pattern may name the whole file system. */
const KEYS =
  `listen listeners services defaults apis routes observe problems admin probes shutdown plugins workers
  host port path methods match to respond redirect headers cache rateLimit targets url weight timeout title
  version limits name request response`.split(/\s+/)

const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    8080,
    -1,
    1.5,
    '5s',
    '/a/{id}',
    '/**',
    'http://a',
    'orders',
    '*.x',
  ),
  fc.constantFrom('${env:NO}', '${env:NO:-8080}', '${file:nothing}', '${', '$${a}', '${x}'),
  fc.string({ maxLength: 8 }),
)

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    scalar,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 6 })), tie('tree'), {
      maxKeys: 6,
    }),
  ),
}))

const file = fc.dictionary(
  fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...KEYS) },
    { weight: 1, arbitrary: fc.string() },
  ),
  tree,
)

test('whatever stands in a file, the answer is a configuration or complaints with places', async (t) => {
  const folder = await temporaryFolder(t, {})
  const path = join(folder, 'p.json')
  await fc.assert(
    fc.asyncProperty(file, fc.constantFrom('resolve', 'skip'), async (data, secrets) => {
      const text = JSON.stringify(data, undefined, 1)
      await writeFile(path, text)
      const loaded = await loadConfig(path, FAKE_KNOWN, {
        secrets,
        environment: {},
      })
      if (loaded.ok) {
        assert.ok(JSON.stringify(loaded.config).length > 0)
        return
      }
      assert.ok(loaded.complaints.length > 0)
      const lines = text.split('\n').length
      for (const { line, column, message, file: named } of loaded.complaints) {
        assert.ok(line >= 1 && line <= lines && column >= 1, `${line}:${column} is not in the file`)
        assert.ok(named === path || named === join(folder, 'nothing'), named)
        assert.ok(
          !/Invalid input|undefined|\[object/.test(message.replaceAll(/"[^"]*"/g, '')),
          message,
        )
      }
    }),
    { numRuns: 150 },
  )
})
