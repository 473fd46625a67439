/** A real browser, without a window. */

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import type { Scope } from './temporary-folder.ts'

const PROGRAM = '/usr/bin/chromium'

/** Why tests that need it are skipped; false where it is installed. */
export const noChromium: string | false = existsSync(PROGRAM)
  ? false
  : `there is no ${PROGRAM}: install Debian's package chromium`

export async function startChromium(t: Scope): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox'] })
  t.after(() => browser.close())
  return browser
}
