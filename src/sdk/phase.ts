/** The order in which filters see a request, outermost first. Replies pass back the other way. */

export const PHASES = [
  'observe', //       sees everything, decides nothing
  'shield', //        limits, CORS, address rules, rate limits by address: cheap refusals first
  'authenticate', //  who is calling?
  'authorize', //     may they?
  'limit', //         how much may they?
  'validate', //      is what they say well formed?
  'cache', //         do we already know the answer?
  'transform', //     say it the way the service wants to hear it
  'deliver', //       closest to the endpoint
] as const

export type Phase = (typeof PHASES)[number]
