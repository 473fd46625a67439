/** Where the time goes: self time by function, out of the .cpuprofile files that Node writes, one a thread. */

interface CallFrame {
  functionName: string
  url: string
  /** From 0. */
  lineNumber: number
}

/** The part of V8's profile format (Profiler.Profile of the DevTools protocol) that is read here. */
export interface CpuProfile {
  nodes: readonly { id: number; callFrame: CallFrame }[]
  /** Microseconds of the monotonic clock. */
  startTime: number
  /** The node on top of the stack, sample by sample. */
  samples: readonly number[]
  /** Microseconds before each sample, counted from the one before it. */
  timeDeltas: readonly number[]
}

/** Both in microseconds of the monotonic clock, as process.hrtime gives it. */
export interface Span {
  fromUs: number
  toUs: number
}

export interface FunctionTime {
  name: string
  /** File and line, or empty for what is no JavaScript. */
  place: string
  selfUs: number
}

/** Most expensive first, all threads together; what a thread slept is left out. */
export function selfTimes(profiles: readonly CpuProfile[], span: Span): FunctionTime[] {
  const byFunction = new Map<string, FunctionTime>()
  for (const profile of profiles) addThread(byFunction, profile, span)
  return [...byFunction.values()]
    .filter(({ name }) => name !== '(idle)')
    .toSorted((a, b) => b.selfUs - a.selfUs)
}

function addThread(byFunction: Map<string, FunctionTime>, profile: CpuProfile, span: Span): void {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]))
  let atUs = profile.startTime
  for (const [i, deltaUs] of profile.timeDeltas.entries()) {
    atUs += deltaUs
    const frame = frames.get(profile.samples[i] ?? 0)
    if (frame === undefined || atUs < span.fromUs || atUs > span.toUs) continue
    // What is on top at a sample is taken to run until the next one.
    const selfUs = profile.timeDeltas[i + 1] ?? 0
    const key = `${frame.functionName} ${placeOf(frame)}`
    const known = byFunction.get(key)
    if (known !== undefined) known.selfUs += selfUs
    else
      byFunction.set(key, {
        name: frame.functionName || '(anonymous)',
        place: placeOf(frame),
        selfUs,
      })
  }
}

function placeOf({ url, lineNumber }: CallFrame): string {
  if (url === '') return ''
  const file = url.replace(/^file:\/\//, '').replace(`${process.cwd()}/`, '')
  return `${file}:${lineNumber + 1}`
}
