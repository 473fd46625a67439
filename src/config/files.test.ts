import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { complaintsOf, loadFiles } from '../../test/kit/config-files.ts'
import { readPluginList } from './load.ts'
import { ParseCache } from './parse-cache.ts'

test('relative paths are read from the folder of the file that holds them', async (t) => {
  const { loaded, folder } = await loadFiles(t, {
    'p.yaml': `listen: 8080
include: sub/more.yaml
observe: { accessLog: { to: "file:logs/a.log" } }
routes: [{ path: /, respond: {} }]`,
    'sub/more.yaml': 'plugins: [x.ts]\nproblems: { html: page.html, type: "https://a.example/" }',
    'sub/page.html': '<p>sorry</p>',
  })
  assert.ok(loaded.ok, complaintsOf(loaded).join('\n'))
  const { observe, plugins, problems } = loaded.config
  assert.deepEqual(observe.accessLog, { to: 'file', file: join(folder, 'logs/a.log') })
  assert.deepEqual(plugins, [join(folder, 'sub/x.ts')])
  assert.deepEqual(problems, { type: 'https://a.example/', html: '<p>sorry</p>' })
  assert.ok(loaded.files.includes(join(folder, 'sub/page.html')))
  const named = await readPluginList(join(folder, 'p.yaml'), new ParseCache())
  assert.equal(named.map(({ path }) => path).join(), plugins.join())
})
