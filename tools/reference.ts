/** `npm run reference`: writes docs/reference/ from the sources. */

import { mkdir, writeFile } from 'node:fs/promises'
import { loadKnown } from '#compile/plugins'
import { configurationPage } from './configuration-page.ts'

const folder = new URL('../docs/reference/', import.meta.url)

await mkdir(folder, { recursive: true })
await writeFile(new URL('configuration.md', folder), configurationPage(await loadKnown([])))
