/** The users service of the quickstart. */

import { serve } from './serve.ts'

serve('users', [
  { id: 1, name: 'Ada' },
  { id: 2, name: 'Grace' },
])
