import assert from 'node:assert/strict'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startGateway } from '../../test/kit/gateway.ts'
import { startNamed, whoAnswers } from '../../test/kit/named.ts'
import { until } from '../../test/kit/until.ts'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')

test('servers come and go with the file; a broken one changes nothing', async (t) => {
  const [first, second] = [await startNamed(t, 'first'), await startNamed(t, 'second')]
  const list = read('targets.yaml')
    .replace('http://127.0.0.1:3001', first.url)
    .replace('http://127.0.0.1:3002', second.url)
  const folder = await temporaryFolder(t, { 'targets.yaml': list })
  const file = join(folder, 'targets.yaml')
  const yaml = read('portcullis.yaml')
    .replace('listen: 8080\n', '')
    .replace('file: targets.yaml', `file: ${file}`)
  const { url } = await startGateway(t, yaml)
  const ask = () => whoAnswers(`${url}/orders/1`, 30)
  assert.deepEqual(Object.keys(await ask()).toSorted(), ['first', 'second'])
  writeFileSync(`${file}.new`, `- ${second.url}\n`)
  renameSync(`${file}.new`, file)
  await until(async () => (await ask())['first'] === undefined)
  writeFileSync(file, '- { url: ')
  assert.deepEqual(await ask(), { second: 30 })
})
