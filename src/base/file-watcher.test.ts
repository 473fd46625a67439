import { appendFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'
import { until } from '../../test/kit/until.ts'
import { FileWatcher } from './file-watcher.ts'

async function setUp(t: TestContext) {
  const folder = await temporaryFolder(t, { 'a.yaml': '1' })
  const file = join(folder, 'a.yaml')
  const seen = { changes: 0 }
  const watcher = new FileWatcher(() => seen.changes++)
  t.after(() => watcher.close())
  watcher.watch([file])
  return { folder, file, seen }
}

test('a file that is edited or replaced is a change, told once for several steps', async (t) => {
  const { file, seen } = await setUp(t)
  writeFileSync(file, '2')
  writeFileSync(file, '3')
  await until(() => seen.changes === 1)
  writeFileSync(`${file}.new`, '4')
  renameSync(`${file}.new`, file)
  await until(() => seen.changes === 2)
})

test('a folder that never rests hides no change', async (t) => {
  const { folder, file, seen } = await setUp(t)
  writeFileSync(file, '2')
  await until(() => {
    appendFileSync(join(folder, 'access.log'), 'a line')
    return seen.changes > 0
  })
})

test('a folder of links that are all set anew at once, as orchestrators do, is a change each time', async (t) => {
  const folder = await temporaryFolder(t, {
    '..1/a.yaml': '1',
    '..2/a.yaml': '2',
    '..3/a.yaml': '3',
  })
  const link = (version: string): void => {
    symlinkSync(version, join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
  }
  link('..1')
  symlinkSync('..data/a.yaml', join(folder, 'a.yaml'))
  const seen = { changes: 0 }
  const watcher = new FileWatcher(() => seen.changes++)
  t.after(() => watcher.close())
  watcher.watch([join(folder, 'a.yaml')])
  for (const version of ['..2', '..3']) {
    const before = seen.changes
    link(version)
    await until(() => seen.changes > before)
  }
})
