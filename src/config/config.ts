/** The configuration as the rest of the gateway gets it: checked, complete, plain data. */

import type { BreakerRules, ConcurrencyRules, HedgeRules } from '#sdk/call-rules'
import type { FallbackRules } from '#sdk/fallback'
import type { MirrorSettings } from '#sdk/mirror'
import type { RetryRules } from '#sdk/retry'
import type { TimeLimits } from '#sdk/service'
import type { StageRule } from '#routing/stage-table'
import type { VersionRule } from '#routing/version-rule'
import type { Discover } from './schema/discover.ts'
import type { OwnPath } from './own-paths.ts'
import type { PlanConfig } from './plans.ts'
import type { TlsConfig } from './tls.ts'
import type { ServiceTlsConfig } from './schema/tls.ts'
import type { Listener, Protocol } from './schema/listeners.ts'
import type { Balance, Health, Outlier } from './schema/services.ts'

export interface GatewayConfig {
  readonly listeners: readonly ListenerConfig[]
  /** By what `keyOfService` makes of name and stage. One written in place of a name is called by its text: `http://10.0.0.5:3000`. */
  readonly services: Readonly<Record<string, ServiceConfig>>
  /** By what `keyOfService` makes of name and stage, too. */
  readonly authenticators: Readonly<Record<string, AuthenticatorConfig>>
  /** What authenticators answer themselves. */
  readonly ownPaths: readonly OwnPath[]
  /** By name; `memory` is always there. */
  readonly stores: Readonly<Record<string, StoreConfig>>
  readonly plans: readonly PlanConfig[]
  /** What `defaults` say of requests that no route claims, by stage; '' outside of all. */
  readonly unmatched: Readonly<Record<string, RouteConfig['features']>>
  /** None: nothing is told apart. */
  readonly stages: readonly StageRule[]
  readonly routes: readonly RouteConfig[]
  readonly problems: ProblemsConfig
  readonly admin: AdminConfig
  readonly probes?: { readonly port: number; readonly host: string } | undefined
  readonly observe: {
    readonly accessLog: AccessLogConfig | false
    readonly metrics: { readonly path: string }
  }
  /** In milliseconds. */
  readonly shutdown: { readonly wait: number; readonly deadline: number }
  /** In milliseconds. */
  readonly overload: { readonly maxLag: number } | false
  readonly workers: 'auto' | number
  /** Absolute path of a folder that need not be there. */
  readonly data: string
  /** Absolute paths. */
  readonly plugins: readonly string[]
}

/** `host` undefined: every address. Sizes in bytes, durations in milliseconds. */
export type ListenerConfig = Omit<Listener, 'tls' | 'protocols'> & {
  readonly tls?: TlsConfig | undefined
  readonly protocols: readonly Protocol[]
}

export interface ServiceConfig {
  /** What the author calls it. */
  readonly name: string
  /** The one stage that these targets serve. */
  readonly stage?: string | undefined
  /** None when they are discovered. */
  readonly targets: readonly {
    readonly url: string
    readonly weight: number
    readonly tier: number
    /** It gets no new calls. */
    readonly drain: boolean
  }[]
  readonly discover?: Discover | undefined
  /** What people call that. */
  readonly source?: string | undefined
  /** Where discovered addresses may lie. */
  readonly allowedNetworks?: readonly string[] | undefined
  readonly balance: Balance
  /** In milliseconds; 0: at once. */
  readonly slowStart: number
  /** PEM text in place of paths. */
  readonly tls?: ServiceTlsConfig | undefined
  readonly plaintext: boolean
  /** 'keep', 'target', or a name. */
  readonly host: string
  readonly deadlineHeader?: string | undefined
  /** In milliseconds; 0 is no limit. */
  readonly timeout: TimeLimits
  readonly retry: RetryRules
  readonly health?: Health | undefined
  readonly outlier?: Outlier | undefined
  readonly circuitBreaker?: BreakerRules | undefined
  readonly concurrency?: ConcurrencyRules | undefined
  readonly hedge?: HedgeRules | undefined
  readonly fallback?: Partial<FallbackRules> | undefined
  readonly mirror?: MirrorSettings | undefined
  /** For each target in each worker. */
  readonly connections: { readonly max: number; readonly idle: number }
}

/** How a service is called, whoever its targets are. */
export type ServiceRules = Omit<
  ServiceConfig,
  'targets' | 'discover' | 'source' | 'allowedNetworks'
>

export interface StoreConfig {
  /** The store definition's name. */
  readonly kind: string
  /** As authored, secrets in place. */
  readonly options: unknown
}

export interface AuthenticatorConfig {
  readonly name: string
  /** The one stage that it is written for. */
  readonly stage?: string | undefined
  /** The authenticator definition's name. */
  readonly kind: string
  /** As authored, secrets and files in place: plain data, still to be read by the definition's schema. */
  readonly options: unknown
}

export interface RouteConfig {
  /** The author's, or made from method, host and path; unique. */
  readonly name: string
  readonly source: Source
  /** The same route stands once in each of its stages. */
  readonly stage?: string | undefined
  readonly api?: ApiConfig | undefined
  readonly match: RouteMatch
  readonly endpoint: {
    /** The endpoint definition's name. */
    readonly kind: string
    /** As authored, secrets in place: plain data, still to be read by the definition's schema. */
    readonly options: unknown
    /** Where it was written: `defaults`, `api NAME` or `route`. */
    readonly from: string
  }
  /** By the filter definition's name. */
  readonly features: Readonly<Record<string, FeatureConfig>>
}

interface Source {
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface ApiConfig {
  readonly name: string
  readonly title?: string | undefined
  readonly version?: string | undefined
  readonly lifecycle?: Lifecycle | undefined
}

/** How a version of an API comes to its end. Times in milliseconds since 1970. */
export interface Lifecycle {
  readonly deprecated?: number | undefined
  readonly sunset?: number | undefined
  readonly docs?: string | undefined
  /** The version to use instead, and its path when that is another. */
  readonly successor?: { readonly version: string; readonly path?: string | undefined } | undefined
}

export interface FeatureConfig {
  /** As authored, secrets in place, outermost first: plain data. `optionsOf` makes the options of them. */
  readonly settings: readonly unknown[]
  /** Where they were written, outermost first: `defaults`, `api NAME` or `route`. */
  readonly from: readonly string[]
}

/** A member that is undefined sets no condition. */
export interface RouteMatch {
  readonly listeners?: readonly string[] | undefined
  readonly hosts?: readonly string[] | undefined
  /** Whole patterns, the path of the API included. */
  readonly paths: readonly string[]
  readonly methods?: readonly string[] | undefined
  readonly headers?: Readonly<Record<string, Condition>> | undefined
  readonly query?: Readonly<Record<string, Condition>> | undefined
  readonly version?: VersionRule | undefined
}

/** A text: exactly that; true: there; false: not there. */
type Condition = string | boolean | { readonly regex: string }

export interface ProblemsConfig {
  /** Base of the `type` of problem documents. */
  readonly type?: string | undefined
  /** The page's text. */
  readonly html?: string | undefined
}

export interface AdminConfig {
  readonly port: number
  readonly host: string
  /** Not written by the author: when the port is taken, the next free one will do. */
  readonly isDefault: boolean
}

/** `file` is an absolute path. */
export type AccessLogConfig =
  | { readonly to: 'stdout' }
  | { readonly to: 'file'; readonly file: string }
