/** The orders service of the quickstart. */

import { serve } from './serve.ts'

serve('orders', [
  { id: 1, item: 'teapot', user: 1 },
  { id: 2, item: 'kettle', user: 2 },
])
