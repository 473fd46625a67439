/** What is wrong with a configuration, and where. */

export interface Complaint {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The setting, as `routes[2].match.path`; '' is the file as a whole. */
  readonly path: string
  /** What was found, what was expected, and the nearest right name. Never a secret's value. */
  readonly message: string
}

export type Key = string | number
export type Path = readonly Key[]

/** `file:line:column path: message` */
export function formatComplaint({ file, line, column, path, message }: Complaint): string {
  return `${file}:${line}:${column} ${path === '' ? '' : `${path}: `}${message}`
}

const PLAIN_NAME = /^[A-Za-z_$][\w$-]*$/

export function showPath(path: Path): string {
  let text = ''
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`
    else if (!PLAIN_NAME.test(key)) text += `[${JSON.stringify(key)}]`
    else text += text === '' ? key : `.${key}`
  }
  return text
}

/** A value as a complaint shows it: short, on one line. */
export function showValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a mapping'
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 76)}…"` : text
}

/** Files in reading order, places from the top. */
export function byPlace(a: Complaint, b: Complaint): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column
}
