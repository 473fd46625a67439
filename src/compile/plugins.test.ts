import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'
import { loadKnown } from './plugins.ts'

const SDK = JSON.stringify(import.meta.resolve('#sdk/index'))

/** A file that exports what is said of it, with the public functions at hand. */
async function load(t: TestContext, ...exports: readonly string[]) {
  const files = exports.map((text, n) => [
    `plugin-${n}.ts`,
    `import { defineEndpoint, defineFilter, defineStore, z } from ${SDK}\n${text}`,
  ])
  const folder = await temporaryFolder(t, Object.fromEntries(files) as Record<string, string>)
  return loadKnown(files.map(([name]) => join(folder, name!)))
}

const FIELDS = 'summary: "S", options: z.strictObject({}), create: () => ({})'
const filter = (name: string) => `defineFilter({ name: '${name}', phase: 'shield', ${FIELDS} })`
const endpoint = (name: string) => `defineEndpoint({ name: '${name}', ${FIELDS} })`
const store = (name: string) => `defineStore({ name: '${name}', sharedBytes: () => 0, ${FIELDS} })`

const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name)

test('a file may bring filters, endpoints and stores, each alone or in a list', async (t) => {
  const known = await load(
    t,
    `export const one = ${filter('f1')}\nexport default [${endpoint('e1')}, ${store('s1')}]`,
    `export const two = ${store('s2')}\nexport const other = 7`,
  )
  assert.equal(names(known.filters).at(-1), 'f1')
  assert.equal(names(known.endpoints).at(-1), 'e1')
  assert.deepEqual(names(known.stores), ['memory', 'redis', 's1', 's2'])
})

test('a name that is taken is refused, whatever it is the name of', async (t) => {
  await assert.rejects(load(t, `export const s = ${store('memory')}`), /brings memory, which there/)
  await assert.rejects(load(t, `export const s = ${filter('respond')}`), /brings respond, which/)
  const twice = [`export const a = ${store('tidy')}`, `export const b = ${endpoint('tidy')}`]
  await assert.rejects(load(t, ...twice), /plugin-1\.ts brings tidy, which there is already/)
})

test('a file that brings nothing is refused by name', async (t) => {
  const nothing = /plugin-0\.ts exports no filter, endpoint, store or authenticator$/
  await assert.rejects(load(t, 'export const defined = { name: "x" }'), nothing)
})

test('a file that cannot be loaded is refused by name, and says why', async (t) => {
  await assert.rejects(load(t, 'throw new Error("broken inside")'), (error: Error) => {
    assert.match(error.message, /plugin-0\.ts cannot be loaded$/)
    assert.match(String(error.cause), /broken inside/)
    return true
  })
})
