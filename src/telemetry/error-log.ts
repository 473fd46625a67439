/** The error log's lines: the whole cause of a failure, under the request's id. */

import { jsonString } from '#telemetry/json'

export interface ErrorFields {
  readonly [name: string]: string | number | undefined
}

/** One NDJSON line; names are ours, values may be anyone's. */
export function errorLine(
  time: string,
  level: 'info' | 'warn' | 'error',
  message: string,
  fields: ErrorFields,
): string {
  let line = `{"time":"${time}","level":"${level}","message":${jsonString(message)}`
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === '') continue
    line += `,${jsonString(name)}:${Number.isFinite(value) ? value : jsonString(String(value))}`
  }
  return `${line}}\n`
}

const MAX_CAUSES = 5

/** What went wrong, and what made it go wrong, outermost first. */
export function causesOf(error: unknown): string {
  const causes: string[] = []
  for (let at = error; at instanceof Error && causes.length < MAX_CAUSES; at = at.cause) {
    const code = (at as { code?: unknown }).code
    causes.push(
      typeof code === 'string' && !at.message.includes(code)
        ? `${at.message} (${code})`
        : at.message,
    )
  }
  return [...new Set(causes)].join(': ')
}
