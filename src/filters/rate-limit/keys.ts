/** Whom a rule counts for. A kind stands before each value, so that nobody can be counted as somebody else. */

import { type Exchange, type ExchangeKey, type KeyPart, readKey } from '#sdk/index'

/** What a request has not is counted by its address: who leaves a header out gains nothing. */
export function keyReader(by: readonly KeyPart[] | undefined): (ex: Exchange) => string {
  if (by === undefined)
    return (ex) => (ex.consumer === undefined ? addressOf(ex) : `consumer ${ex.consumer.name}`)
  const parts = by.map((part): ExchangeKey => (part === 'ip' ? addressOf : readKey([part])))
  const kind = by.map((part) => (typeof part === 'string' ? part : part.cel)).join(' ')
  if (by.length === 1 && by[0] === 'ip') return addressOf
  return (ex) => {
    let key = kind
    for (const read of parts) {
      const value = read(ex)
      if (value === undefined) return addressOf(ex)
      key += ` ${value.length}:${value}`
    }
    return key
  }
}

function addressOf({ client }: Exchange): string {
  return `ip ${networkOf(client.ip)}`
}

/** An IPv6 network of 64 bits is one customer's, who may take any address in it. */
function networkOf(ip: string): string {
  if (!ip.includes(':')) return ip
  const [head = '', tail] = ip.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = tail === undefined ? 0 : 8 - before.length - after.length
  return [...before, ...Array.from({ length: missing }, () => '0'), ...after].slice(0, 4).join(':')
}
