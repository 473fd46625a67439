import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readFileSync, readSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'
import { LogWriter } from './log-writer.ts'

test('batches reach the file in the order they were given, behind what stood in it', async (t) => {
  const folder = await temporaryFolder(t, { 'a.log': 'before\n' })
  const writer = new LogWriter(join(folder, 'a.log'))
  assert.equal(writer.isStandard, false)
  const written: number[] = []
  for (let n = 0; n < 100; n++) writer.write([Buffer.from(`${n}\n`)], () => written.push(n))
  await writer.close()
  const numbers = Array.from({ length: 100 }, (_, n) => n)
  assert.equal(readFileSync(join(folder, 'a.log'), 'utf8'), `before\n${numbers.join('\n')}\n`)
  assert.deepEqual(written, numbers)
})

test('a file that cannot be opened is an error at once', async (t) => {
  const folder = await temporaryFolder(t, { file: '' })
  assert.throws(
    () => new LogWriter(join(folder, 'file', 'a.log')),
    /a\.log cannot be opened: .*EEXIST|ENOTDIR/,
  )
  assert.ok(new LogWriter(join(folder, 'made', 'on', 'the way', 'a.log')))
  assert.equal(readFileSync(join(folder, 'made', 'on', 'the way', 'a.log'), 'utf8'), '')
})

test('after a file was moved away, reopening begins a new one; every line is in one of the two', async (t) => {
  const folder = await temporaryFolder(t, {})
  const path = join(folder, 'a.log')
  const writer = new LogWriter(path)
  for (let n = 0; n < 50; n++) writer.write([Buffer.from(`${n}\n`)])
  renameSync(path, `${path}.1`)
  writer.reopen()
  for (let n = 50; n < 100; n++) writer.write([Buffer.from(`${n}\n`)])
  await writer.close()
  const [old, fresh] = [readFileSync(`${path}.1`, 'utf8'), readFileSync(path, 'utf8')]
  assert.match(fresh, /99\n$/)
  assert.equal(old + fresh, Array.from({ length: 100 }, (_, n) => `${n}\n`).join(''))
})

test('a pipe whose reader is slow is waited for; nothing is lost or torn', async (t) => {
  const folder = await temporaryFolder(t, {})
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  const reading = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
  const writing = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK)
  t.after(() => [reading, writing].forEach(closeSync))

  const writer = new LogWriter(undefined, writing)
  assert.equal(writer.isStandard, true)
  const lines = Array.from({ length: 5_000 }, (_, n) => `${n} ${'x'.repeat(95)}\n`)
  for (let n = 0; n < lines.length; n += 500)
    writer.write([Buffer.from(lines.slice(n, n + 500).join(''))])
  let isIdle = false
  const idle = writer.idle().then(() => (isIdle = true))

  let text = ''
  const buffer = Buffer.alloc(32_768)
  while (text.length < lines.join('').length) {
    await new Promise(setImmediate)
    try {
      text += buffer.toString('latin1', 0, readSync(reading, buffer))
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'EAGAIN')
    }
  }
  await idle
  assert.equal(isIdle, true)
  assert.equal(text, lines.join(''))
})

test('a pipe whose reader is gone stops nobody: each batch is let go of', async (t) => {
  const folder = await temporaryFolder(t, {})
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  const reading = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
  const writing = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK)
  t.after(() => closeSync(writing))
  closeSync(reading)
  const writer = new LogWriter(undefined, writing)
  let letGo = 0
  for (let n = 0; n < 3; n++) writer.write([Buffer.from('line\n')], () => letGo++)
  await writer.idle()
  assert.equal(letGo, 3)
})
