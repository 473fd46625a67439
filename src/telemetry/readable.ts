/** The access log for a terminal: one line a request that a person can read. */

interface Line {
  readonly time: string
  readonly method: string
  readonly host: string
  readonly path: string
  readonly route: string
  readonly status: number
  readonly ms: number
  readonly target?: string
  readonly fault?: string
  readonly complete?: boolean
}

const COLOURS: Record<number, string> = {
  2: '\x1b[32m',
  3: '\x1b[36m',
  4: '\x1b[33m',
  5: '\x1b[31m',
}

/** NDJSON in, readable lines out. What a client wrote stays escaped as it was: no terminal sequence gets through. */
export function readableAccess(lines: string): string {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => readableLine(line))
    .join('')
}

function readableLine(json: string): string {
  const line = JSON.parse(json) as Line
  const colour = COLOURS[Math.floor(line.status / 100)] ?? ''
  const end = [
    line.target ?? '',
    line.fault ?? '',
    line.complete === false ? 'cut short' : '',
  ].filter((part) => part !== '')
  return (
    `${line.time.slice(11, 19)} ${colour}${line.status}\x1b[0m ${shown(line.method)} ${shown(line.host)}${shown(line.path)} ` +
    `\x1b[2m${shown(line.route)}${end.length > 0 ? ` → ${shown(end.join(' '))}` : ''} ${line.ms} ms\x1b[0m\n`
  )
}

function shown(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\x7f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('\\"', '"')
}
