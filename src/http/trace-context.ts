/** W3C Trace Context: one field in, one field out. */

export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string
  /** Two hex digits: `01` when the caller records the trace, else `00`. Other bits are not to be passed on (§3.2.2.5). */
  readonly flags: string
}

const PATTERN = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[^,]*)?$/

/** Undefined when the field is not valid: the trace is then begun anew (§3.2.2). */
export function parseTraceparent(text: string | undefined): TraceContext | undefined {
  const parts = text === undefined ? null : PATTERN.exec(text)
  if (parts === null) return undefined
  const [, version, traceId, parentId, flags, rest] = parts
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  if (/^0+$/.test(traceId!) || /^0+$/.test(parentId!)) return undefined
  return { traceId: traceId!, flags: Number.parseInt(flags!, 16) & 1 ? '01' : '00' }
}
