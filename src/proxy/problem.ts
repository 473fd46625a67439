/** What a refused client gets: a problem document (RFC 9457), or a page when it prefers HTML. */

import type { HeaderList } from '#http/header-list'
import type { Fault, FaultCode } from '#sdk/fault'

export interface ProblemPages {
  /** What the fault's name is put behind to make its `type`. */
  readonly typeBase: string
  /** A page with {status}, {title}, {code} and {requestId} in it. */
  readonly html: string
}

export const DEFAULT_PROBLEMS: ProblemPages = {
  typeBase: 'urn:problem:',
  html:
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{status} {title}</title>' +
    '<meta name="viewport" content="width=device-width"></head>' +
    '<body style="font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1rem">' +
    '<h1 style="font-size:1.4rem">{title}</h1><p>{status} {code}</p><p style="color:#666">Request {requestId}</p></body></html>\n',
}

/** `ROUTE_NOT_FOUND` → `route-not-found`: the stable end of its `type`. */
export function problemName(code: FaultCode): string {
  return code.toLowerCase().replaceAll('_', '-')
}

/** Adds the fields that describe the body to `headers`, and returns the body. Nothing in it comes from behind the gateway. */
export function problemBody(
  fault: Fault,
  requestId: string,
  accept: string | undefined,
  pages: ProblemPages,
  headers: HeaderList,
): Buffer {
  const { code, kind } = fault
  headers.set('cache-control', 'no-store')
  headers.add('vary', 'accept') // beside what filters say it varies by
  if (accept !== undefined && prefersHtml(accept)) {
    headers.set('content-type', 'text/html; charset=utf-8')
    const values: Record<string, string> = {
      status: String(kind.status),
      title: kind.title,
      code,
      requestId: escaped(requestId),
    }
    return Buffer.from(
      pages.html.replace(/\{(status|title|code|requestId)\}/g, (_, name: string) => values[name]!),
    )
  }
  headers.set('content-type', 'application/problem+json')
  const type = pages.typeBase + problemName(code)
  return Buffer.from(
    `${JSON.stringify({ type, title: kind.title, status: kind.status, code, requestId, ...fault.members })}\n`,
  )
}

/** Whether HTML is named, and no less wanted than JSON (RFC 9110 §12.5.1). */
export function prefersHtml(accept: string): boolean {
  const html = quality(accept, 'text/html')
  const json = Math.max(
    quality(accept, 'application/problem+json'),
    quality(accept, 'application/json'),
  )
  return html > 0 && html >= json
}

function quality(accept: string, type: string): number {
  for (const range of accept.split(',')) {
    const [name = '', ...parameters] = range.split(';')
    if (name.trim().toLowerCase() !== type) continue
    const q = parameters
      .map((p) => /^\s*q=([\d.]+)\s*$/i.exec(p)?.[1])
      .find((value) => value !== undefined)
    return q === undefined ? 1 : Number(q)
  }
  return 0
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
}
