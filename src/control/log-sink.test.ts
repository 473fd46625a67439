import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { LineRing, type WorkerLog } from '#telemetry/line-ring'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'
import { LogSink } from './log-sink.ts'

const workerLog = (): WorkerLog => ({
  access: new LineRing(LineRing.memory(1_024)),
  errors: new LineRing(LineRing.memory(1_024)),
})

test('what a worker said is written, before a change of the file to the old one, and after its death too', async (t) => {
  const folder = await temporaryFolder(t, {})
  const [one, two] = [join(folder, 'one.log'), join(folder, 'two.log')]
  const sink = new LogSink(false)
  sink.configure({ to: 'file', file: one })
  const log = workerLog()
  const worker = new LineRing(log.access.memory)
  sink.add(log)
  worker.add('before\n')
  sink.configure({ to: 'file', file: two })
  worker.add('after\n') // while the first is still being written
  sink.remove(log)
  assert.equal(await sink.close(), true)
  assert.equal(readFileSync(one, 'utf8'), 'before\n')
  assert.equal(readFileSync(two, 'utf8'), 'after\n')
})
