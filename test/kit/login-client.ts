/** Logs in as a browser does, but by HTTP alone: each step and each cookie is at hand. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'

export class LoginClient {
  /** Cookies by site and name; for all paths, as long as the test takes. */
  readonly #jars = new Map<string, Map<string, string>>()
  readonly #accept: string

  constructor(accept = 'text/html') {
    this.#accept = accept
  }

  jar(url: string): Map<string, string> {
    const { origin } = new URL(url)
    let jar = this.#jars.get(origin)
    if (jar === undefined) this.#jars.set(origin, (jar = new Map()))
    return jar
  }

  /** Follows no redirect. */
  async ask(url: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    const jar = this.jar(url)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const reply = await send(url, { accept: this.#accept, ...(cookie !== '' && { cookie }) }, form)
    for (const line of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name)
      else jar.set(name, value)
    }
    return reply
  }

  /** Opens a page, is sent to the issuer, logs in there: where that sends the browser back to. */
  async logInAtIssuer(page: string, name: string): Promise<string> {
    const sent = await this.ask(page)
    assert.equal(sent.status, 302)
    let at = sent.headers.get('location')!
    const { origin } = new URL(at)
    for (let step = 0; step < 12; step++) {
      const reply = await this.ask(at)
      const next = reply.headers.get('location')
      const html = reply.ok ? await reply.text() : ''
      const form = /<form[^>]*action="([^"]*)"/.exec(html)?.[1]
      if (form !== undefined) {
        const prompt = /name="prompt" value="(\w+)"/.exec(html)?.[1] ?? ''
        const said = await this.ask(form, { prompt, login: name, password: 'any' })
        at = new URL(said.headers.get('location') ?? '', at).href
      } else at = new URL(next ?? '', at).href
      if (new URL(at).origin !== origin) return at
    }
    throw new Error(`the issuer sends nobody back: ${at}`)
  }

  async logIn(page: string, name = 'anna'): Promise<Response> {
    return this.ask(await this.logInAtIssuer(page, name))
  }
}

/** `fetch` says of itself that it is a script. */
async function send(
  url: string,
  headers: Readonly<Record<string, string>>,
  form?: Readonly<Record<string, string>>,
): Promise<Response> {
  const body = form && new URLSearchParams(form).toString()
  const typed = { ...headers, ...(form && { 'content-type': 'application/x-www-form-urlencoded' }) }
  const sent = request(url, { method: form ? 'POST' : 'GET', headers: typed, agent: false }).end(
    body,
  )
  const [reply] = (await once(sent, 'response')) as [IncomingMessage]
  const pieces = await reply.toArray()
  const list = new Headers()
  for (const [name, values = []] of Object.entries(reply.headersDistinct))
    for (const value of values) list.append(name, value)
  return new Response(Buffer.concat(pieces as Buffer[]), {
    status: reply.statusCode!,
    headers: list,
  })
}
