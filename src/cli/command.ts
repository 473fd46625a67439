/** What a command is, and all that it may touch of the process. */

export interface Io {
  /** Each call is one line or several, without the last line end. */
  out(text: string): void
  err(text: string): void
  /** All of standard input, to its end; of a terminal one line, asked for by this word. */
  input(word: string): Promise<string>
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isTerminal: boolean
}

export interface Option {
  /** What its value is called in the help; a switch has none. */
  readonly value?: string
  /** One letter. */
  readonly short?: string
  readonly isMultiple?: boolean
  readonly summary: string
}

export interface Command {
  readonly name: string
  readonly summary: string
  /** What stands after the name, such as `METHOD URL [-H "name: value"]…`. */
  readonly usage: string
  readonly options: Readonly<Record<string, Option>>
  /** The process's exit code. Fails with a UsageError. */
  run(args: readonly string[], io: Io): Promise<number>
}

/** The command was not called as it must be: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const CONFIG_OPTION: Option = {
  value: 'FILE',
  short: 'c',
  summary: 'The configuration; else portcullis.{yaml,yml,json,config.ts} in this folder',
}

export const STAGE_OPTION: Option = {
  value: 'NAME',
  summary: 'One of the stages alone, for any host; else all of them',
}
