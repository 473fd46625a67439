import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
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

test('a folder that never rests does not hide a change', async (t) => {
  const { folder, seen } = await setUp(t)
  await until(() => {
    appendFileSync(join(folder, 'access.log'), 'a line')
    return seen.changes > 0
  })
})
