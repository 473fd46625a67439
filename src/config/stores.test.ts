import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { loadKnown } from '#compile/plugins'
import { defineStore, z } from '#sdk/index'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'
import { formatComplaint } from './complaint.ts'
import type { Known } from './known.ts'
import { loadConfig } from './load.ts'

/** As a plugin would bring it. */
const tidy = defineStore({
  name: 'tidy',
  summary: 'A server',
  options: z.string().startsWith('tidy://'),
  sharedBytes: () => 0,
  create: () => assert.fail('a check opens nothing'),
})

/** Complaints and warnings about a `stores:` section, without the file's name. */
async function told(t: TestContext, stores: string): Promise<string[]> {
  const yaml = `listen: 8080\nroutes: [{ path: /, respond: x }]\nstores:\n${stores}`
  const folder = await temporaryFolder(t, { 'p.yaml': yaml })
  const builtin = await loadKnown([])
  const known: Known = { ...builtin, stores: [...builtin.stores, tidy] }
  const loaded = await loadConfig(join(folder, 'p.yaml'), known)
  const complaints = loaded.ok ? loaded.warnings : loaded.complaints
  return complaints.map((one) => formatComplaint(one).replace(/^.*p\.yaml:/, ''))
}

test('a store has a name and one kind; memory is there by itself', async (t) => {
  const unused = 'no route uses this store'
  const stores = '  memory: { cache: 1GiB }\n  shared: { tidy: "tidy://x" }\n  a: { memory: {} }\n'
  assert.deepEqual(await told(t, stores), [
    `5:3 stores.shared: ${unused}`,
    `6:3 stores.a: ${unused}`,
  ])
})

test('what is wrong with a store is told with its place', async (t) => {
  const stores = `
  memory: { cache: much, couters: 64MiB, counters: 1B }
  shared: { tidy: "redis://x" }
  two: { tidy: "tidy://x", memory: {} }
  none: {}
  odd: { tidi: x }
  text: x
`
  assert.deepEqual(await told(t, stores.slice(1)), [
    '4:20 stores.memory.cache: found "much", expected a size with its unit, such as 512B, 64KiB or 10MiB',
    '4:26 stores.memory.couters: found the unknown key "couters"; did you mean "counters"?',
    '4:52 stores.memory.counters: found "1B", expected 1KiB or more',
    '5:19 stores.shared.tidy: found "redis://x", expected a text that begins with "tidy://"',
    '6:8 stores.two: found a mapping, expected one kind of store: memory, redis, tidy',
    '7:9 stores.none: found a mapping, expected one kind of store: memory, redis, tidy',
    '8:10 stores.odd.tidi: found the unknown key "tidi"; did you mean "tidy"?',
    '9:9 stores.text: found "x", expected a mapping',
  ])
  assert.deepEqual(await told(t, '  "a b": { memory: {} }\n'), [
    '4:3 stores["a b"]: found "a b", expected a name of letters, digits, "-", "_" and "."',
  ])
})
