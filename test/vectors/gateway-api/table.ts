/** The shape of the published table of HTTPRoute cases. */

export interface Table {
  readonly gateways: Gateways
  readonly tests: readonly RouteTest[]
}

type Gateways = Readonly<Record<string, readonly Listener[]>>

interface Listener {
  readonly name: string
  readonly port: number
  readonly protocol: 'http' | 'https'
  readonly host?: string
}

export interface RouteTest {
  readonly id: string
  /** Its own, beside those of all tests. */
  readonly gateways?: Gateways
  readonly routes?: readonly Route[]
  readonly cases?: readonly Case[]
}

interface Route {
  /** `gateway`, `gateway#listener`, `gateway:port` or `gateway#listener:port`. */
  readonly attach: readonly string[]
  readonly hosts?: readonly string[]
  readonly rules: readonly Rule[]
}

export interface Rule {
  readonly matches?: readonly Match[]
  readonly filters?: readonly Filter[]
  readonly backends?: readonly Backend[]
  readonly timeouts?: { readonly request?: string; readonly backendRequest?: string }
}

export interface Match {
  readonly path?: { readonly kind: 'exact' | 'prefix'; readonly value: string }
  readonly method?: string
  readonly headers?: readonly Condition[]
  readonly query?: readonly Condition[]
}

export interface Condition {
  readonly name: string
  readonly value: string
}

export interface Edits {
  readonly set?: Readonly<Record<string, string>>
  readonly add?: Readonly<Record<string, string>>
  readonly remove?: readonly string[]
}

export interface Redirect {
  readonly scheme?: 'http' | 'https'
  readonly host?: string
  readonly port?: number
  readonly status?: number
  readonly fullPath?: string
  readonly prefix?: string
}

export interface Cors {
  readonly allowOrigins: readonly string[]
  readonly allowMethods?: readonly string[]
  readonly allowHeaders?: readonly string[]
  readonly exposeHeaders?: readonly string[]
  readonly allowCredentials?: boolean
  /** Seconds. */
  readonly maxAge?: number
}

export interface Filter {
  readonly requestHeaders?: Edits
  readonly responseHeaders?: Edits
  readonly redirect?: Redirect
  readonly rewrite?: {
    readonly host?: string
    readonly fullPath?: string
    readonly prefix?: string
  }
  readonly cors?: Cors
  readonly mirror?: { readonly backend: string }
}

export interface Backend {
  readonly name: string
  readonly weight?: number
  readonly filters?: readonly Filter[]
}

export interface Case {
  readonly req: {
    readonly method?: string
    readonly host?: string
    readonly path: string
    readonly headers?: Readonly<Record<string, string>>
  }
  readonly backendSays?: { readonly headers: Readonly<Record<string, string>> }
  readonly want: Wanted
}

export interface Wanted {
  readonly status: readonly number[]
  readonly backend?: string
  readonly upstream?: {
    readonly host?: string
    readonly path?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly absent?: readonly string[]
  }
  readonly headers?: Readonly<Record<string, string>>
  readonly absent?: readonly string[]
  readonly location?: {
    readonly scheme?: string
    readonly host?: string
    readonly port?: string
    readonly path?: string
  }
  readonly mirroredTo?: readonly { readonly backend: string }[]
}

export interface Place {
  /** Name of one of our listeners. */
  readonly listener: string
  readonly host: string | undefined
  readonly port: number
}

/** What `attach` means in a test: our listener for each gateway and port, and the host it is for. */
export function placesOf(route: Route, gateways: Gateways): Place[] {
  return route.attach.flatMap((attach) => {
    const [, name = '', section, port] = /^([^#:]+)(?:#([^:]+))?(?::(\d+))?$/.exec(attach) ?? []
    const listeners = (gateways[name] ?? []).filter(
      (one) =>
        one.protocol === 'http' &&
        (section === undefined || one.name === section) &&
        (port === undefined || one.port === Number(port)),
    )
    return listeners.map(({ port: at, host }) => ({
      listener: listenerOf(name, at),
      port: at,
      host,
    }))
  })
}

/** Those of our listeners that stand for a gateway of the table: it has one address, and a few ports. */
export const LISTENERS = ['p80', 'p8080', 'p8090', 'all', 'intersection'] as const

function listenerOf(gateway: string, port: number): string {
  if (gateway === 'all-namespaces') return 'all'
  return gateway === 'httproute-hostname-intersection-all' ? 'intersection' : `p${port}`
}
