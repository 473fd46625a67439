/** What a process and all its descendants have cost: CPU time and peak memory, from /proc (proc(5)). */

import { readdirSync, readFileSync } from 'node:fs'

/** The kernel gives user space 100 ticks a second on every architecture Node runs on (USER_HZ). */
const TICK_US = 10_000

export interface ProcessStat {
  pid: number
  parentPid: number
  /** User and system time of all threads, also of those that have ended. */
  cpuUs: number
}

/** Reads one /proc/PID/stat. The command's name may hold blanks and brackets: fields count from its last bracket. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [parentPid, userTicks, systemTicks] = [fields[1], fields[11], fields[12]].map(Number)
  const pid = Number.parseInt(text, 10)
  if (parentPid === undefined || userTicks === undefined || systemTicks === undefined) {
    throw new Error(`not a line of /proc/PID/stat: ${text}`)
  }
  const stat = { pid, parentPid, cpuUs: (userTicks + systemTicks) * TICK_US }
  if (Object.values(stat).some(Number.isNaN))
    throw new Error(`not a line of /proc/PID/stat: ${text}`)
  return stat
}

/** One number of /proc/PID/status or smaps_rollup, such as `VmHWM`, in KiB. */
export function parseKib(text: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]
  if (found === undefined) throw new Error(`no ${name} in:\n${text}`)
  return Number(found)
}

/** The process itself and everything below it, out of all that run. */
export function treeOf(rootPid: number, all: readonly ProcessStat[]): ProcessStat[] {
  const tree = all.filter((stat) => stat.pid === rootPid)
  for (const parent of tree) tree.push(...all.filter((stat) => stat.parentPid === parent.pid))
  return tree
}

export function processTree(rootPid: number): ProcessStat[] {
  const tree = treeOf(rootPid, runningProcesses())
  if (tree.length === 0) throw new Error(`process ${rootPid} has ended`)
  return tree
}

/** CPU microseconds of the whole tree since it began. */
export function cpuUsOf(rootPid: number): number {
  return processTree(rootPid).reduce((sum, stat) => sum + stat.cpuUs, 0)
}

/** One number of every process in the tree, summed, in KiB; pages that several share count for each. */
export function memoryKibOf(
  rootPid: number,
  file: 'status' | 'smaps_rollup',
  name: string,
): number {
  return processTree(rootPid).reduce(
    (sum, { pid }) => sum + parseKib(readFileSync(`/proc/${pid}/${file}`, 'utf8'), name),
    0,
  )
}

function runningProcesses(): ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
      } catch {
        return [] // It ended between the listing and the reading.
      }
    })
}
