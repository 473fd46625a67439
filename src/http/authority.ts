/** The host and port that a request names, in Host, `:authority` or an absolute target. */

import { isIPv4, isIPv6 } from 'node:net'

export interface Authority {
  /** As it was written, in lower case. */
  readonly text: string
  /** Lower case, without a trailing dot; an IPv6 literal in its shortest spelling, in brackets. */
  readonly host: string
  readonly port: number | undefined
}

/** Letters, digits, hyphens and underscores between dots; one dot more at the end names the same host. */
const NAME = /^((?:[\w-]{1,63}\.)*[\w-]{1,63})\.?(?::([1-9]\d{0,4}))?$/

const BRACKETED = /^\[([0-9a-f:.]+)\](?::([1-9]\d{0,4}))?$/

/** Readers disagree whether `0x7f.1` is a name or 127.0.0.1. */
const ENDS_IN_NUMBER = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/

const MAX_HOST_CHARS = 253

interface Remembered {
  readonly written: string
  readonly authority: Authority
}

/** Most connections ask the same few hosts, most often the last one again (bench/micro/authority). */
const remembered = new Map<string, Remembered>()
const MOST_REMEMBERED = 512
let last: Remembered | undefined = undefined

/**
 * Undefined when it is not a host (RFC 9110 §7.2) that every reader takes for the same: user information, escapes,
 * an empty label, a port that is empty, zero, padded or too large, and half-written addresses are refused.
 */
export function parseAuthority(text: string): Authority | undefined {
  if (last !== undefined && last.written === text) return last.authority
  const known = remembered.get(text) ?? learn(text)
  if (known === undefined) return undefined
  last = known
  return known.authority
}

function learn(text: string): Remembered | undefined {
  const authority = parse(text)
  if (authority === undefined) return undefined
  if (remembered.size >= MOST_REMEMBERED) remembered.clear() // strangers can invent hosts without end
  const written = Buffer.from(text, 'latin1').toString('latin1') // a slice keeps its head alive
  const known = { written, authority }
  remembered.set(written, known)
  return known
}

function parse(text: string): Authority | undefined {
  const lower = text.toLowerCase()
  const [, name, digits] = NAME.exec(lower) ?? BRACKETED.exec(lower) ?? []
  if (name === undefined) return undefined
  const host = lower.startsWith('[') ? shortestIPv6(name) : name
  if (host === undefined || host.length > MAX_HOST_CHARS) return undefined
  if (ENDS_IN_NUMBER.test(host) && !isIPv4(host)) return undefined
  const port = digits === undefined ? undefined : Number(digits)
  return port !== undefined && port > 65_535 ? undefined : { text: lower, host, port }
}

/** One spelling for one address (RFC 5952), or a route for it could be passed by. */
function shortestIPv6(address: string): string | undefined {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname : undefined
}
