/** The users service of the quickstart. */

import { serve } from './serve.ts'

serve('users', [
  { id: 1, name: 'first customer' },
  { id: 2, name: 'second customer' },
])
