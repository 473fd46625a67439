/** What is read from /proc, and whose cost is whose. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cpuUsOf, memoryKibOf, parseKib, parseStat, treeOf } from './process-cost.ts'

const stat = (pid: number, parentPid: number) => ({ pid, parentPid, cpuUs: 0 })

test('user and system ticks of a stat line become microseconds', () => {
  const line = '4711 (nginx) S 42 4711 4711 0 -1 4194624 1 2 3 4 250 50 7 8 20 0 1 0 99 1 1\n'
  assert.deepEqual(parseStat(line), { pid: 4711, parentPid: 42, cpuUs: 3_000_000 })
})

test('a command named to look like further fields does not shift the fields', () => {
  const line = '9 (a) S 1 (b) c) R 3 9 9 0 -1 0 0 0 0 0 1 2 0 0 20 0 1 0 99 1 1\n'
  assert.deepEqual(parseStat(line), { pid: 9, parentPid: 3, cpuUs: 30_000 })
})

test('what is no stat line is refused instead of counted as nothing', () => {
  for (const text of ['', '12 (cut) S 1 2', 'x (y) S 1 2 3 4 5 6 7 8 9 10 11 12 13']) {
    assert.throws(() => parseStat(text), /not a line/)
  }
})

test('a tree holds children and grandchildren and no stranger', () => {
  const all = [stat(1, 0), stat(10, 1), stat(11, 10), stat(12, 11), stat(20, 1)]
  assert.deepEqual(
    treeOf(10, all).map(({ pid }) => pid),
    [10, 11, 12],
  )
})

test('a number of kibibytes is found by its whole name', () => {
  const status = 'Name:\tnginx\nVmHWM:\t    7064 kB\nVmRSS:\t    7000 kB\n'
  assert.equal(parseKib(status, 'VmRSS'), 7000)
  assert.throws(() => parseKib(status, 'RSS'), /no RSS/)
})

test('a process that worked has cost at least the time it worked', () => {
  const before = cpuUsOf(process.pid)
  const busy = process.cpuUsage()
  while (process.cpuUsage(busy).user + process.cpuUsage(busy).system < 60_000);
  assert.ok(cpuUsOf(process.pid) - before >= 40_000)
  assert.ok(memoryKibOf(process.pid, 'status', 'VmHWM') > 10_000)
})

test('the cost of a process that has ended is an error', () => {
  assert.throws(() => cpuUsOf(2 ** 30), /has ended/)
})
