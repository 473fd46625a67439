/** Tells callers of a version that its end is near, and after that turns them away to the next one. */

import type { Clock } from '#base/clock'
import type { Lifecycle } from '#config/config'
import { HeaderList } from '#http/header-list'
import type { VersionRule } from '#routing/version-rule'
import type { Exchange } from '#sdk/exchange'
import { Fault } from '#sdk/fault'
import type { Filter } from '#sdk/filter'
import { replyToFault } from '#sdk/reply'

/** `Deprecation` by RFC 9745, `Sunset` by RFC 8594; `Vary` where a header tells versions apart. */
export function versionNotice(
  lifecycle: Lifecycle = {},
  rule: VersionRule | undefined,
  clock: Clock,
): Filter {
  const { sunset, successor } = lifecycle
  const fields = fieldsOf(lifecycle)
  const vary = varyOf(rule)
  const tell = (ex: Exchange, headers: HeaderList): void => {
    for (const [name, value] of fields) if (!headers.has(name)) headers.add(name, value)
    const link = linkOf(lifecycle, ex.request.pathPrefix)
    if (link !== '') headers.add('link', link)
    if (vary !== undefined) headers.add('vary', vary)
  }
  return {
    ...(sunset !== undefined && {
      onRequest(ex) {
        if (clock.wall() < sunset) return
        const headers = new HeaderList()
        tell(ex, headers)
        const fault = new Fault('VERSION_GONE')
        if (successor !== undefined) fault.members = { successor: successor.version }
        return replyToFault(fault, headers)
      },
    }),
    onReply: (ex, reply) => tell(ex, reply.headers),
  }
}

function fieldsOf({ deprecated, sunset }: Lifecycle): [string, string][] {
  const fields: [string, string][] = []
  if (deprecated !== undefined) fields.push(['deprecation', `@${Math.floor(deprecated / 1_000)}`])
  if (sunset !== undefined) fields.push(['sunset', new Date(sunset).toUTCString()])
  return fields
}

function linkOf({ deprecated, docs, successor }: Lifecycle, prefix: string): string {
  const links: string[] = []
  if (successor?.path !== undefined)
    links.push(`<${prefix}${successor.path}>; rel="successor-version"`)
  if (docs !== undefined)
    links.push(
      `<${docs}>; rel="${deprecated === undefined ? 'sunset' : 'deprecation'}"; type="text/html"`,
    )
  return links.join(', ')
}

function varyOf(rule: VersionRule | undefined): string | undefined {
  if (rule?.on === 'header') return rule.name
  return rule?.on === 'mediaType' ? 'accept' : undefined
}
