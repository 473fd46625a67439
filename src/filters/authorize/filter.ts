/** `authorize`: may the caller do this? All that is asked must hold, and what cannot be told does not. */

import {
  condition,
  defineFilter,
  type Exchange,
  Fault,
  HeaderList,
  isNetwork,
  KNOWN_BY,
  Networks,
  oneOrMore,
  replyToFault,
  z,
} from '#sdk/index'

const word = () => z.string().min(1)

const options = z
  .strictObject({
    scopes: oneOrMore(word()).optional().describe('The credentials must be good for each of these'),
    groups: oneOrMore(word()).optional().describe('The consumer must be in one of these'),
    consumers: oneOrMore(word()).optional().describe('The consumer must be one of these'),
    ip: oneOrMore(
      z.string().refine(isNetwork, {
        error: 'expected an address or a network, such as 10.0.0.0/8 or fd00::/8',
      }),
    )
      .optional()
      .describe('The client’s address must lie in one of these'),
    when: condition().optional().describe('An expression that must be true: claims.sub == path.id'),
  })
  .refine((members) => Object.values(members).some((member) => member !== undefined), {
    error: 'expected scopes, groups, consumers, ip or when',
  })

/** What the caller lacks; the rule itself stays untold. */
type Lacks = 'scope' | 'group' | 'consumer' | 'address' | 'condition'

export const authorize = defineFilter({
  name: 'authorize',
  summary: 'What a known caller must be, have or fulfil',
  phase: 'authorize',
  protects: true,
  needs: 'auth',
  options,

  create({ scopes = [], groups, consumers, ip, when }) {
    const inGroups = groups && new Set(groups)
    const isOneOf = consumers && new Set(consumers)
    const networks = ip && new Networks(ip)

    const lacks = (ex: Exchange): Lacks | undefined => {
      const { consumer, scopes: held = [] } = ex
      if (isOneOf && (consumer === undefined || !isOneOf.has(consumer.name))) return 'consumer'
      if (inGroups && consumer?.groups.some((group) => inGroups.has(group)) !== true) return 'group'
      if (scopes.some((scope) => !held.includes(scope))) return 'scope'
      if (networks && !networks.has(ex.client.ip)) return 'address'
      if (when && !when.holds(ex)) return 'condition'
      return undefined
    }

    return {
      onRequest(ex) {
        const lacking = lacks(ex)
        if (lacking === undefined) return undefined
        const known = ex.get(KNOWN_BY)
        if (known?.identity === undefined && known !== undefined) return known.invite(ex) // who they are might help
        const fault = new Fault('FORBIDDEN', `the caller lacks: ${lacking}`)
        fault.members = { lacks: lacking }
        const headers = new HeaderList()
        if (lacking === 'scope' && ex.claims !== undefined)
          headers.set('www-authenticate', 'Bearer realm="api", error="insufficient_scope"') // RFC 6750 §3.1
        return replyToFault(fault, headers)
      },
    }
  },
})
