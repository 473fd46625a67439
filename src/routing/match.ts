/** What a router is asked, and what it answers. */

import type { HeaderList } from '#http/header-list'
import type { Params } from '#sdk/params'
import type { ValueMatch } from './condition.ts'
import type { VersionRule } from './version-rule.ts'

export interface MatchInput {
  readonly method: string
  /** As `parseAuthority` gives it. */
  readonly host: string
  /** As `normalizePath` gives it. */
  readonly path: string
  /** `?` and the query, or ''. */
  readonly query: string
  readonly headers: HeaderList
  /** The name of the listener where it arrived. */
  readonly listener: string
}

export interface RouteRule {
  readonly name: string
  /** One of these names. Left out: any. */
  readonly listener?: readonly string[] | undefined
  /** Patterns. Left out: any. */
  readonly host?: readonly string[] | undefined
  /** One pattern: a rule with several is added several times. */
  readonly path: string
  readonly methods?: readonly string[] | undefined
  readonly headers?: Readonly<Record<string, ValueMatch>> | undefined
  readonly query?: Readonly<Record<string, ValueMatch>> | undefined
  readonly version?: VersionRule | undefined
}

/** Why no route has a request. */
export type Unmatched =
  | 'ROUTE_NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'BAD_PATH'
  | 'VERSION_NOT_FOUND'
  | 'MISDIRECTED'

export type Match<R> =
  | { readonly route: R; readonly params: Params }
  | {
      readonly route: undefined
      readonly fault: Unmatched
      /** With METHOD_NOT_ALLOWED: the methods that would be, sorted. */
      readonly allow?: readonly string[]
    }
