import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { loadKnown } from '#compile/plugins'
import { configurationPage } from '../tools/configuration-page.ts'

test('the reference says what the schema says; `npm run reference` writes it anew', async () => {
  const file = new URL('../docs/reference/configuration.md', import.meta.url)
  assert.equal(await readFile(file, 'utf8'), configurationPage(await loadKnown([])))
})
