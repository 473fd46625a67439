/** Host patterns: `api.shop.example`, `*.shop.example`, `{tenant}.shop.example`, `[::1]`. */

import { parseAuthority } from '#http/authority'
import { Complaint } from './complaint.ts'
import { complainOfName } from './segment.ts'

export interface HostPattern {
  /** Lower case, names left out: equal keys match the same. */
  readonly key: string
  readonly kind: 'exact' | 'label' | 'wildcard'
  /** What must follow the part that varies, with its dot; of an exact host, all of it. */
  readonly suffix: string
  /** The name of its one label. */
  readonly name: string | undefined
}

export function parseHostPattern(text: string): HostPattern | Complaint {
  const [, label, rest] = /^(\*|\{[^{}]*\})\.(.+)$/.exec(text) ?? []
  const authority = parseAuthority(rest ?? text)
  if (authority === undefined) {
    return new Complaint(
      text,
      'a host such as api.shop.example, *.shop.example, {tenant}.shop.example or [::1]',
    )
  }
  if (authority.port !== undefined) return new Complaint(text, 'a host without its port')
  const { host } = authority
  if (label === undefined) return { key: host, kind: 'exact', suffix: host, name: undefined }

  const suffix = `.${host}`
  if (host.startsWith('[')) return new Complaint(text, 'an address without a label before it')
  if (label === '*') return { key: `*${suffix}`, kind: 'wildcard', suffix, name: undefined }
  const name = label.slice(1, -1)
  return complainOfName(name, []) ?? { key: `{}${suffix}`, kind: 'label', suffix, name }
}

/** Whether one pattern matches a host, without any others to choose from. */
export function hostMatches({ kind, suffix }: HostPattern, host: string): boolean {
  if (kind === 'exact') return host === suffix
  const varies = host.length - suffix.length
  if (varies < 1 || !host.endsWith(suffix)) return false
  return kind === 'wildcard' || !host.slice(0, varies).includes('.')
}
