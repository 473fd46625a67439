/** Everything that can go wrong with an exchange: one table, one class. */

/** Whose doing it was. Decides who is paged, and which metric moves. */
type FaultSource = 'client' | 'gateway' | 'service'

/** May the call be tried again? `unsent`: only if no byte of it left; `idempotent`: also if the method allows it. */
type Retry = 'never' | 'unsent' | 'idempotent'

interface FaultKind {
  readonly status: number
  readonly source: FaultSource
  readonly retry: Retry
  readonly title: string
}

function kind(status: number, source: FaultSource, retry: Retry, title: string): FaultKind {
  return { status, source, retry, title }
}

export const FAULTS = {
  BAD_REQUEST: kind(400, 'client', 'never', 'The request is malformed'),
  BAD_PATH: kind(400, 'client', 'never', 'The path is ambiguous or malformed'),
  BAD_HOST: kind(400, 'client', 'never', 'The Host is missing, doubled or malformed'),
  BAD_FRAMING: kind(400, 'client', 'never', 'The length of the body is ambiguous'),
  BAD_BODY: kind(400, 'client', 'never', 'The body is malformed'),
  CREDENTIALS_MISSING: kind(401, 'client', 'never', 'Credentials are required here'),
  CREDENTIALS_REFUSED: kind(401, 'client', 'never', 'The credentials are not accepted'),
  FORBIDDEN: kind(403, 'client', 'never', 'The caller may not do this'),
  ADDRESS_NOT_ALLOWED: kind(403, 'client', 'never', 'This address may not call here'),
  CROSS_SITE: kind(403, 'client', 'never', 'A page of another site may not do this'),
  CLIENT_CERTIFICATE_REQUIRED: kind(
    403,
    'client',
    'never',
    'A certificate of the client is required here',
  ),
  BAD_UPGRADE: kind(400, 'client', 'never', 'The WebSocket handshake is malformed'),
  UPGRADE_REFUSED: kind(403, 'client', 'never', 'WebSocket is not served here'),
  ORIGIN_NOT_ALLOWED: kind(403, 'client', 'never', 'Pages of this origin may not connect here'),
  ROUTE_NOT_FOUND: kind(404, 'client', 'never', 'No route matches this request'),
  VERSION_NOT_FOUND: kind(404, 'client', 'never', 'This API has no such version'),
  METHOD_NOT_ALLOWED: kind(405, 'client', 'never', 'This method is not allowed here'),
  REQUEST_TIMEOUT: kind(408, 'client', 'never', 'The request took too long to arrive'),
  BODY_TIMEOUT: kind(408, 'client', 'never', 'The body took too long to arrive'),
  VERSION_GONE: kind(410, 'client', 'never', 'This version of the API is no longer served'),
  BODY_TOO_LARGE: kind(413, 'client', 'never', 'The body is larger than this route allows'),
  TARGET_TOO_LONG: kind(414, 'client', 'never', 'The request target is too long'),
  EXPECTATION_FAILED: kind(417, 'client', 'never', 'This expectation cannot be met'),
  MISDIRECTED: kind(421, 'client', 'never', 'This host is not served here'),
  RATE_LIMITED: kind(429, 'client', 'never', 'Too many requests'),
  HEADERS_TOO_LARGE: kind(431, 'client', 'never', 'The header fields are too large'),
  CLIENT_GONE: kind(499, 'client', 'never', 'The client left before the reply was complete'),
  INTERNAL: kind(500, 'gateway', 'never', 'The gateway failed'),
  STREAM_NOT_HELD: kind(500, 'gateway', 'never', 'A reply that is a stream cannot be held'),
  NO_ANSWER: kind(500, 'gateway', 'never', 'The endpoint gave no answer'),
  METHOD_NOT_SUPPORTED: kind(501, 'client', 'never', 'This method is not supported'),
  SERVICE_REFUSED: kind(502, 'service', 'unsent', 'The service could not be reached'),
  SERVICE_TLS_FAILED: kind(502, 'service', 'unsent', 'The service could not be reached securely'),
  SERVICE_RESET: kind(502, 'service', 'idempotent', 'The service broke the connection off'),
  SERVICE_BAD_REPLY: kind(502, 'service', 'never', 'The service gave a malformed reply'),
  REPLY_CUT: kind(502, 'service', 'never', 'The service broke its reply off'),
  CONNECTIONS_FULL: kind(503, 'gateway', 'unsent', 'All connections to the service are taken'),
  SERVICE_UNRESOLVED: kind(
    503,
    'gateway',
    'unsent',
    'The targets of the service are not known yet',
  ),
  ROUTE_GONE: kind(503, 'gateway', 'never', 'The route has changed or is gone'),
  AUTHENTICATOR_FAILED: kind(503, 'gateway', 'never', 'Credentials cannot be checked here'),
  AUTHENTICATOR_UNREACHABLE: kind(503, 'service', 'never', 'Credentials cannot be checked now'),
  LIMITS_UNAVAILABLE: kind(503, 'gateway', 'never', 'Limits cannot be counted now'),
  DRAINING: kind(503, 'gateway', 'never', 'The gateway is shutting down'),
  CONCURRENCY_FULL: kind(503, 'gateway', 'never', 'Too many calls of the service are under way'),
  TUNNELS_FULL: kind(503, 'gateway', 'never', 'Too many WebSocket connections are open'),
  OVERLOADED: kind(503, 'gateway', 'never', 'The gateway has too much to do'),
  CIRCUIT_OPEN: kind(503, 'service', 'never', 'The service is left alone for a while'),
  NO_TARGET: kind(503, 'service', 'unsent', 'No target of the service is available'),
  CONNECT_TIMEOUT: kind(504, 'service', 'unsent', 'The service took too long to connect'),
  RESPONSE_TIMEOUT: kind(504, 'service', 'idempotent', 'The service took too long to answer'),
  IDLE_TIMEOUT: kind(504, 'service', 'never', 'The exchange was idle too long'),
  TOTAL_TIMEOUT: kind(504, 'service', 'never', 'The exchange took too long in all'),
  VERSION_NOT_SUPPORTED: kind(505, 'client', 'never', 'This HTTP version is not supported'),
} as const

export type FaultCode = keyof typeof FAULTS

export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: FaultCode
  /** What the client learns beside the code: members of the problem document (RFC 9457 §3.2). */
  members: Readonly<Record<string, string>> | undefined = undefined
  /** Seconds after which the client may well ask again; it is told so. */
  retryAfterS: number | undefined = undefined

  /** `detail` is for the log alone; the client gets the code and its title. */
  constructor(code: FaultCode, detail?: string, cause?: unknown) {
    super(detail ?? FAULTS[code].title, cause === undefined ? undefined : { cause })
    this.code = code
  }

  get kind(): FaultKind {
    return FAULTS[this.code]
  }
}

/** Anything thrown, as a fault. What no one foresaw is the gateway's own doing. */
export function toFault(thrown: unknown): Fault {
  return thrown instanceof Fault ? thrown : new Fault('INTERNAL', String(thrown), thrown)
}
