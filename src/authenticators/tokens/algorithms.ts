/** The algorithms a token may be signed with (RFC 7518 §3, RFC 8037, RFC 9864), and what each asks of its key. */

type Family = 'rsa' | 'pss' | 'ec' | 'ed' | 'hmac'

export interface Algorithm {
  readonly name: string
  readonly family: Family
  /** As OpenSSL names it; undefined where the algorithm brings its own. */
  readonly hash: string | undefined
  /** Curves of keys that fit; empty where there are none. */
  readonly curves: readonly string[]
  /** Of the secret, at least (RFC 7518 §3.2); 0 where there is none. */
  readonly secretBytes: number
}

const algorithm = (
  name: string,
  family: Family,
  hash: string | undefined,
  curves: readonly string[] = [],
  secretBytes = 0,
): Algorithm => ({ name, family, hash, curves, secretBytes })

const ALL: readonly Algorithm[] = [
  algorithm('RS256', 'rsa', 'sha256'),
  algorithm('RS384', 'rsa', 'sha384'),
  algorithm('RS512', 'rsa', 'sha512'),
  algorithm('PS256', 'pss', 'sha256'),
  algorithm('PS384', 'pss', 'sha384'),
  algorithm('PS512', 'pss', 'sha512'),
  algorithm('ES256', 'ec', 'sha256', ['P-256']),
  algorithm('ES384', 'ec', 'sha384', ['P-384']),
  algorithm('ES512', 'ec', 'sha512', ['P-521']),
  algorithm('EdDSA', 'ed', undefined, ['Ed25519', 'Ed448']),
  algorithm('Ed25519', 'ed', undefined, ['Ed25519']),
  algorithm('Ed448', 'ed', undefined, ['Ed448']),
  algorithm('HS256', 'hmac', 'sha256', [], 32),
  algorithm('HS384', 'hmac', 'sha384', [], 48),
  algorithm('HS512', 'hmac', 'sha512', [], 64),
]

export const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map(
  ALL.map((each) => [each.name, each]),
)

/** Those whose keys may be known to everyone. */
export const PUBLIC_KEY_ALGORITHMS: readonly string[] = ALL.filter(
  ({ family }) => family !== 'hmac',
).map(({ name }) => name)
