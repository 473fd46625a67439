/** The architecture, as a table that fails the build. */

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

/** What each folder may import. A row names only rows above it, so no cycle between folders can be written. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  base: [],
  http: ['base'],
  sdk: ['base', 'http'],
  telemetry: ['base'],
  wire: ['base', 'http', 'sdk'],
  routing: ['base', 'http', 'sdk'],
  services: ['base', 'http', 'sdk', 'wire'],
  filters: ['sdk'],
  endpoints: ['sdk'],
  stores: ['sdk'],
  authenticators: ['sdk'],
  consumers: ['base', 'sdk'],
  proxy: ['base', 'http', 'sdk', 'telemetry', 'wire', 'routing'],
  config: [
    'base',
    'http',
    'sdk',
    'routing',
    'filters',
    'endpoints',
    'stores',
    'authenticators',
    'consumers',
  ], // the lists as types, for defineConfig
  compile: [
    'base',
    'http',
    'sdk',
    'telemetry',
    'routing',
    'services',
    'filters',
    'endpoints',
    'stores',
    'authenticators',
    'proxy',
    'config',
  ],
  discovery: ['base', 'telemetry', 'config'],
  workers: ['base', 'sdk', 'telemetry', 'services', 'consumers', 'proxy', 'config', 'compile'],
  control: ['base', 'sdk', 'telemetry', 'config', 'services', 'compile', 'discovery'],
  cli: ['base', 'http', 'sdk', 'consumers', 'routing', 'config', 'compile', 'control'],
}

/** The folders or files through which each outside package comes in. */
const DOORS: Record<string, readonly string[]> = {
  '@marcbachmann/cel-js': ['src/sdk/cel'],
  ioredis: ['src/stores/redis/connection.ts'],
  re2js: ['src/sdk/linear-pattern.ts'],
  yaml: ['src/config/yaml.ts'],
  zod: ['src/sdk/', 'src/config/'],
}

/** What is checked of tokens is the same wherever they come from. */
const SHARED_BY_AUTHENTICATORS = 'src/authenticators/tokens'

const folders = Object.keys(MAY_IMPORT)
const sources = globSync('src/**/*.ts').filter((file) => !file.endsWith('.test.ts'))
const importsOf = new Map(sources.map((file) => [file, importsIn(file)]))

test('there is something to look at', () => {
  assert.ok(sources.length > 100 && [...importsOf.values()].flat().length > 200)
})

test('a row names only rows above it', () => {
  for (const [row, folder] of folders.entries()) {
    for (const named of MAY_IMPORT[folder]!) {
      assert.ok(folders.indexOf(named) < row, `${folder} → ${named}`)
    }
  }
})

test('a folder imports only what its row names', () => {
  const wrong: string[] = []
  for (const [file, targets] of importsOf) {
    const may = MAY_IMPORT[folderOf(file)]
    if (!may) continue // the files in src itself wire everything
    for (const target of targets) {
      const folder = folderOf(target)
      if (folder === folderOf(file) || may.includes(folder)) continue
      if (file === 'src/cli/start.ts' && target === 'src/gateway.ts') continue
      wrong.push(`${file} → ${target}`)
    }
  }
  assert.deepEqual(wrong, [])
})

test('filters, endpoints, stores and authenticators know the contract and their own folder, nothing else; those that read tokens share how', () => {
  for (const [file, targets] of importsOf) {
    if (!/^src\/(?:filters|endpoints|stores|authenticators)\/.+\//.test(file)) continue
    for (const target of targets) {
      assert.ok(
        target === 'src/sdk/index.ts' ||
          dirname(target) === dirname(file) ||
          (file.startsWith('src/authenticators/') && dirname(target) === SHARED_BY_AUTHENTICATORS),
        `${file} → ${target}`,
      )
    }
  }
})

test('a dependency has one door', () => {
  for (const file of sources) {
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/ from '([a-z@][^':]*)'/g)) {
      assert.ok(
        DOORS[name!]?.some((door) => file.startsWith(door)),
        `${file} → ${name}`,
      )
    }
  }
})

function importsIn(file: string): string[] {
  const specifiers = [...readFileSync(file, 'utf8').matchAll(/ from '([#.][^']+)'/g)].map(
    ([, to]) => to!,
  )
  return specifiers.map((to) =>
    to.startsWith('#') ? `src/${to.slice(1)}.ts` : join(dirname(file), to),
  )
}

function folderOf(file: string): string {
  return file.split('/')[1]!
}
