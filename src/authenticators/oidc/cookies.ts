/** The cookies of a login: what they are called, how they are told and taken back. */

import { cookieOf, cookiesOf, type Exchange, type HeaderList } from '#sdk/index'

/** With the name and the attributes less than the 4096 bytes that browsers keep of one. */
const MAX_PIECE = 3_700
/** All of them must fit into the head of a request. */
const MAX_PIECES = 5
/** Tabs of one browser that log in at once. */
const MAX_LOGINS = 8
/** Where browsers see to it that nobody else can set it (RFC 6265bis §4.1.3.2). */
const OURS_ALONE = '__Host-'

export class LoginCookies {
  readonly #base: string
  readonly #sameSite: string

  constructor(base: string, sameSite: 'lax' | 'strict') {
    this.#base = base
    this.#sameSite = sameSite === 'lax' ? 'Lax' : 'Strict'
  }

  /** All names they may have; one that ends in `*` stands for all that begin so. */
  get names(): readonly string[] {
    const bases = [this.#base, OURS_ALONE + this.#base]
    const pieces = bases.flatMap((base) =>
      Array.from({ length: MAX_PIECES }, (_, index) => pieceName(base, index)),
    )
    return [...pieces, ...bases.map((base) => `${base}-login-*`)]
  }

  session(ex: Exchange): string | undefined {
    const { headers } = ex.request
    const name = this.#sessionName(ex)
    const first = cookieOf(headers, name)
    if (first === undefined) return undefined
    const [, count, begin] = /^([1-9])\.([\w-]+)$/.exec(first) ?? []
    if (begin === undefined) return undefined
    let whole = begin
    for (let index = 1; index < Number(count); index++) {
      const piece = cookieOf(headers, pieceName(name, index))
      if (piece === undefined) return undefined
      whole += piece
    }
    return whole
  }

  /** False: it is too long for cookies. */
  keepSession(headers: HeaderList, ex: Exchange, sealed: string, forMs: number): boolean {
    const pieces = sealed.match(new RegExp(`.{1,${MAX_PIECE}}`, 'g')) ?? []
    if (pieces.length > MAX_PIECES) return false
    const name = this.#sessionName(ex)
    for (const [index, piece] of pieces.entries()) {
      const value = index === 0 ? `${pieces.length}.${piece}` : piece
      this.#set(headers, ex, pieceName(name, index), value, forMs, this.#sameSite)
    }
    this.#dropPieces(headers, ex, pieces.length)
    return true
  }

  dropSession(headers: HeaderList, ex: Exchange): void {
    this.#dropPieces(headers, ex, 0)
  }

  login(ex: Exchange, id: string): string | undefined {
    return cookieOf(ex.request.headers, this.#loginPrefix(ex) + id)
  }

  /** Of too many, the eldest go: ids grow with time. The issuer sends people back from another site: never `Strict`. */
  keepLogin(headers: HeaderList, ex: Exchange, id: string, sealed: string, forMs: number): void {
    const prefix = this.#loginPrefix(ex)
    const names = [...cookiesOf(ex.request.headers)].map(([name]) => name)
    const others = names.filter((name) => name.startsWith(prefix)).toSorted()
    for (const name of others.slice(0, Math.max(0, others.length - MAX_LOGINS + 1)))
      this.#set(headers, ex, name, '', 0, 'Lax')
    this.#set(headers, ex, prefix + id, sealed, forMs, 'Lax')
  }

  dropLogin(headers: HeaderList, ex: Exchange, id: string): void {
    this.#set(headers, ex, this.#loginPrefix(ex) + id, '', 0, 'Lax')
  }

  #sessionName({ request }: Exchange): string {
    return (request.scheme === 'https' ? OURS_ALONE : '') + this.#base
  }

  #loginPrefix(ex: Exchange): string {
    return `${this.#sessionName(ex)}-login-`
  }

  #dropPieces(headers: HeaderList, ex: Exchange, from: number): void {
    const name = this.#sessionName(ex)
    for (let index = from; index < MAX_PIECES; index++) {
      const piece = pieceName(name, index)
      if (cookieOf(ex.request.headers, piece) !== undefined)
        this.#set(headers, ex, piece, '', 0, this.#sameSite)
    }
  }

  #set(
    headers: HeaderList,
    { request }: Exchange,
    name: string,
    value: string,
    forMs: number,
    sameSite: string,
  ): void {
    const isSecure = request.scheme === 'https'
    const path = isSecure ? '/' : request.pathPrefix || '/' // as replies of a stage are told it
    headers.add(
      'set-cookie',
      `${name}=${value}; Path=${path}; Max-Age=${Math.floor(forMs / 1_000)}; HttpOnly; ` +
        `SameSite=${sameSite}${isSecure ? '; Secure' : ''}`,
    )
  }
}

function pieceName(name: string, index: number): string {
  return index === 0 ? name : `${name}.${index}`
}
