import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { FAKE_KNOWN } from '../../test/kit/fake-known.ts'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'
import { formatComplaint } from './complaint.ts'
import { readConfig } from './read.ts'

const loadFakes = () => Promise.resolve(FAKE_KNOWN)

test('a file that cannot be read is a complaint', async (t) => {
  const read = await readConfig(join(await temporaryFolder(t, {}), 'none.yaml'), loadFakes)
  assert.ok(!read.ok)
  assert.match(
    formatComplaint(read.complaints[0]!),
    /none\.yaml:1:1 the file cannot be read \(ENOENT\)$/,
  )
})

test('a stage that is not there is a complaint, whatever else there is', async (t) => {
  const folder = await temporaryFolder(t, {
    'p.yaml':
      'listen: 8080\nstages: { qa: { hosts: qa.example } }\nroutes: [{ path: /a, respond: {} }]',
    'q.yaml': 'listen: 8080\nroutes: [{ path: /a, respond: {} }]',
  })
  const said = async (name: string) => {
    const read = await readConfig(join(folder, name), loadFakes, { stage: 'prod' })
    return read.ok ? [] : read.complaints.map(({ message }) => message)
  }
  assert.deepEqual(await said('p.yaml'), [
    'found no stage "prod", which was asked for; there are qa',
  ])
  assert.deepEqual(await said('q.yaml'), [
    'found no stage "prod", which was asked for; there are no `stages`',
  ])
})
