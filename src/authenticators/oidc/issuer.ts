/** The issuer: where it is asked what, by which keys it signs, and the tokens it gives. */

import { type AuthenticatorHost, Fault } from '#sdk/index'
import type { CompactJws } from '../tokens/compact-jws.ts'
import { type JsonObject, readJsonObject } from '../tokens/json-object.ts'
import { type KeySet, readKeySet } from '../tokens/key-set.ts'
import type { Options } from './options.ts'

export interface Metadata {
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly jwksUri: string
  readonly endSessionEndpoint: string | undefined
  /** Whether it says who it is when it sends people back (RFC 9207). */
  readonly saysIss: boolean
  /** How clients prove who they are, where it says so. */
  readonly clientAuthentication: readonly string[] | undefined
}

export interface Tokens {
  readonly idToken: string | undefined
  readonly refreshToken: string | undefined
  /** Milliseconds. */
  readonly holdsMs: number
  readonly scopes: readonly string[] | undefined
}

const MAX_BYTES = 256 * 1024
const METADATA_AGE_MS = 3_600_000
/** A key that nobody knows is asked for no sooner again, whoever comes with it. */
const KEYS_AGE_MS = 10_000
/** Requests that still bring the cookie from before get what the first of them got: a refresh token is good once. */
const REFRESHED_AGE_MS = 30_000
const DEFAULT_HOLDS_S = 300

/** What it said, for as long as this authenticator stays as it is. */
export class Known {
  metadata: Metadata | undefined
  keys: KeySet | undefined
  metadataUntil = 0
  /** It did not answer: by the clock's `now`, sessions are let be until then. */
  quietUntil = 0
}

export class Issuer {
  readonly #options: Options
  readonly #host: AuthenticatorHost
  readonly #known: Known

  constructor(options: Options, host: AuthenticatorHost, known: Known) {
    this.#options = options
    this.#host = host
    this.#known = known
  }

  get name(): string {
    return this.#options.issuer
  }

  /** What it said last survives that it is down. */
  async metadata(): Promise<Metadata> {
    const known = this.#known
    const now = this.#host.clock.now()
    if (known.metadata !== undefined && now < known.metadataUntil) return known.metadata
    const { issuer } = this.#options
    try {
      const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
      known.metadata = readMetadata(await this.#read(url, METADATA_AGE_MS), issuer)
      known.metadataUntil = now + METADATA_AGE_MS
    } catch (thrown) {
      if (known.metadata === undefined) throw thrown
      known.metadataUntil = now + KEYS_AGE_MS
    }
    return known.metadata
  }

  async hasSigned(jws: CompactJws): Promise<boolean> {
    const known = this.#known
    if (known.keys?.knows(jws.kid) === true && known.keys.hasSigned(jws)) return true
    const { jwksUri } = await this.metadata()
    const read = readKeySet(await this.#read(jwksUri, KEYS_AGE_MS))
    if (typeof read === 'string') throw this.#unreachable(read)
    known.keys = read.set
    return read.set.hasSigned(jws)
  }

  /** For what it gave someone who logged in. A text: the error that it names (RFC 6749 §5.2). */
  redeem(code: string, verifier: string, redirectUri: string): Promise<Tokens | string> {
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
    return this.#tokens({ ...form, code_verifier: verifier }, 0)
  }

  refresh(refreshToken: string): Promise<Tokens | string> {
    return this.#tokens(
      { grant_type: 'refresh_token', refresh_token: refreshToken },
      REFRESHED_AGE_MS,
    )
  }

  async #tokens(form: Record<string, string>, maxAgeMs: number): Promise<Tokens | string> {
    const { tokenEndpoint, clientAuthentication } = await this.metadata()
    const { clientId, clientSecret } = this.#options
    const headers: Record<string, string> = {}
    const sent = { ...form }
    if (clientSecret === undefined) sent['client_id'] = clientId
    else if (clientAuthentication?.includes('client_secret_basic') === false)
      Object.assign(sent, { client_id: clientId, client_secret: clientSecret })
    else headers['authorization'] = basic(clientId, clientSecret)
    const answer = await this.#ask(tokenEndpoint, maxAgeMs, sent, headers)
    const said = readJsonObject(Buffer.from(answer.body))
    if (said === undefined) throw this.#unreachable(`tokens: ${answer.status}, and no JSON object`)
    if (answer.status >= 400 && answer.status < 500) return wordOf(said['error'])
    if (answer.status !== 200) throw this.#unreachable(`tokens: it answered ${answer.status}`)
    return readTokens(said)
  }

  async #read(url: string, maxAgeMs: number): Promise<JsonObject> {
    const { status, body } = await this.#ask(url, maxAgeMs)
    const said = status === 200 ? readJsonObject(Buffer.from(body)) : undefined
    if (said === undefined)
      throw this.#unreachable(`${new URL(url).pathname}: ${status}, or no JSON object`)
    return said
  }

  async #ask(
    url: string,
    maxAgeMs: number,
    form?: Record<string, string>,
    headers?: Record<string, string>,
  ) {
    const { timeout: timeoutMs } = this.#options
    try {
      return await this.#host.errands.run({
        url,
        form,
        headers,
        timeoutMs,
        maxBytes: MAX_BYTES,
        maxAgeMs,
      })
    } catch (thrown) {
      throw this.#unreachable(thrown instanceof Error ? thrown.message : '', thrown)
    }
  }

  #unreachable(why: string, cause?: unknown): Fault {
    return new Fault('AUTHENTICATOR_UNREACHABLE', `${this.#options.issuer}: ${why}`, cause)
  }
}

/** OpenID Connect Discovery §3, §4.3: it must be what it is called. */
function readMetadata(said: JsonObject, issuer: string): Metadata {
  const fault = (why: string) => new Fault('AUTHENTICATOR_UNREACHABLE', `${issuer}: ${why}`)
  if (said['issuer'] !== issuer) throw fault('what it says of itself names another issuer')
  const endpoint = (name: string): string => {
    const url = said[name]
    if (typeof url !== 'string' || !URL.canParse(url)) throw fault(`it has no ${name}`)
    const isSafe =
      url.startsWith('https://') || (issuer.startsWith('http:') && url.startsWith('http:'))
    if (!isSafe) throw fault(`its ${name} is not https`)
    return url
  }
  const methods = said['token_endpoint_auth_methods_supported']
  return {
    authorizationEndpoint: endpoint('authorization_endpoint'),
    tokenEndpoint: endpoint('token_endpoint'),
    jwksUri: endpoint('jwks_uri'),
    endSessionEndpoint:
      said['end_session_endpoint'] === undefined ? undefined : endpoint('end_session_endpoint'),
    saysIss: said['authorization_response_iss_parameter_supported'] === true,
    clientAuthentication: Array.isArray(methods) ? (methods as string[]) : undefined,
  }
}

function readTokens(said: JsonObject): Tokens {
  const text = (name: string) => (typeof said[name] === 'string' ? said[name] : undefined)
  const seconds = said['expires_in'] === undefined ? DEFAULT_HOLDS_S : Number(said['expires_in'])
  return {
    idToken: text('id_token'),
    refreshToken: text('refresh_token'),
    holdsMs: (Number.isFinite(seconds) && seconds > 0 ? seconds : DEFAULT_HOLDS_S) * 1_000,
    scopes: text('scope')?.split(' '),
  }
}

/** Of an error: what can stand in a log. */
export function wordOf(error: unknown): string {
  return typeof error === 'string' && /^[\w .-]{1,60}$/.test(error) ? error : 'unknown_error'
}

/** RFC 6749 §2.3.1: both are written as in a form first. */
function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${formed(id)}:${formed(secret)}`).toString('base64')}`
}

function formed(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
}
