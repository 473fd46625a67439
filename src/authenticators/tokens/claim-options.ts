/** Options of all ways of reading tokens: who the claims say that the caller is. */

import { claimExpression } from '#sdk/index'

export const claimOptions = {
  consumer: claimExpression()
    .prefault('claims.sub')
    .describe('Who calls: CEL over claims, such as claims.azp'),
  groups: claimExpression()
    .optional()
    .describe('Their groups: CEL over claims, such as claims.realm_access.roles; a list, or words'),
}
