/** What the benchmark must know about a gateway to run it beside the others. */

export interface Place {
  /** The port of 127.0.0.1 where it shall listen. */
  port: number
  adminPort: number
  originPort: number
  /** Files; undefined for plain text. */
  secure?: { certFile: string; keyFile: string } | undefined
  /** Undefined: everybody may call, however often. */
  guard?: 'tokenAndLimit' | 'limit' | undefined
  /** The issuer's keys, as JSON. */
  keys: string
  /** An empty folder of its own for configuration and logs. */
  folder: string
}

interface Launch {
  argv: readonly string[]
  env?: Record<string, string>
  /** Written into the folder before the start, by file name. */
  files: Record<string, string>
}

export interface Rival {
  name: string
  /** What it does beside passing on, for the reader of the table. */
  features: string
  /** The command or file without which it is left out. */
  needs: { command: string } | { file: string }
  /** Whether it can be told to speak TLS. */
  canSecure?: true
  /** Whether it can be told to check tokens, and to limit. */
  canGuard?: true
  /** The command that prints its version. */
  version: readonly string[]
  launch(place: Place): Launch
}
