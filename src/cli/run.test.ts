import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { JsonSchema } from '#config/schema/gateway'
import { commandLine } from '../../test/kit/command-line.ts'
import { temporaryFolder } from '../../test/kit/temporary-folder.ts'

const WRONG_USES = [
  [['chekc'], 'portcullis: unknown command "chekc"; did you mean check?'],
  [['zzzz'], 'portcullis: unknown command "zzzz"; there are check, explain, init, schema, key'],
  [['check', '--confg', 'x'], 'portcullis check: unknown option --confg; did you mean --config?'],
  [['check', '--config'], 'portcullis check: --config wants a value: --config FILE'],
  [['check', '--json=1'], 'portcullis check: --json takes no value'],
  [['check', '-c', 'a', '-c', 'b'], 'portcullis check: -c is given twice'],
  [['check', 'more'], 'portcullis check: unexpected argument "more"'],
  [['check', '-c', 'none.yaml'], 'portcullis check: there is no file none.yaml'],
  [['explain', 'GET'], 'portcullis explain: URL is missing'],
  [
    ['check'],
    'portcullis check: no configuration here (looked for portcullis.yaml, portcullis.yml, portcullis.json, portcullis.config.ts); name one with --config FILE, or write a first one with: portcullis init',
  ],
] as const

for (const [args, message] of WRONG_USES) {
  test(`"${args.join(' ')}" is told what is wrong, with exit code 2`, async (t) => {
    const { code, out, err } = await commandLine(await temporaryFolder(t, {}), args)
    assert.deepEqual([code, out], [2, ''])
    assert.equal(err.split('\n')[0], message)
  })
}

test('two configurations in one folder are not guessed between', async (t) => {
  const folder = await temporaryFolder(t, { 'portcullis.yaml': '', 'portcullis.json': '' })
  const { code, err } = await commandLine(folder, ['check'])
  assert.equal(code, 2)
  assert.match(err, /found portcullis\.yaml and portcullis\.json; say which one with --config FILE/)
})

test('help names every command and its options', async () => {
  const all = await commandLine('/', [])
  assert.equal(all.code, 0)
  assert.match(all.out, /check .*\n.*explain .*\n.*init .*\n.*schema /)
  const one = await commandLine('/', ['check', '--help'])
  assert.match(one.out, /usage: portcullis check \[--config FILE\].*\n\n {2}-c, --config FILE /)
  assert.deepEqual(await commandLine('/', ['help', 'check']), one)
})

test('the version is that of the package', async () => {
  const file = new URL('../../package.json', import.meta.url)
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string }
  assert.equal((await commandLine('/', ['--version'])).out, version)
})

test('check prints every complaint and warning from where one stands, and counts them', async (t) => {
  const folder = await temporaryFolder(t, {
    'portcullis.yaml': 'listen: 8080\nroutes:\n  - { path: /a, too: b }\n  - { path: /b, to: b }\n',
    'good.yaml':
      'listen: 8080\nservices: { a: { targets: http://a } }\nroutes: [{ path: /b, respond: {} }]\n',
  })
  assert.deepEqual(await commandLine(folder, ['check']), {
    code: 1,
    out: [
      'portcullis.yaml:3:17 routes[0].too: found the unknown key "too"; did you mean "to"?',
      'portcullis.yaml:4:21 routes[1].to: found no service "b"; there is none yet',
      'refused: 2 complaints, 0 warnings',
    ].join('\n'),
    err: '',
  })
  assert.deepEqual(await commandLine(folder, ['check', '--config', 'good.yaml']), {
    code: 0,
    out: [
      'good.yaml:2:13 services.a: warning: no route uses this service',
      'ok: 1 route, 1 service, 1 warning',
    ].join('\n'),
    err: '',
  })
})

test('check can leave secrets out, and speak JSON', async (t) => {
  const text = 'listen: 8080\nroutes: [{ path: /a, respond: { body: "${env:A}" } }]'
  const folder = await temporaryFolder(t, { 'portcullis.yaml': text })
  const closed = await commandLine(folder, ['check', '--json'])
  assert.equal(closed.code, 1)
  assert.equal(
    (JSON.parse(closed.out) as { complaints: { message: string }[] }).complaints[0]!.message,
    'the environment variable A is not set',
  )
  assert.equal((await commandLine(folder, ['check', '--no-secrets'])).code, 0)
  assert.equal((await commandLine(folder, ['check'], { A: 'x' })).code, 0)
})

test('a plugin that cannot be loaded is a complaint', async (t) => {
  const folder = await temporaryFolder(t, {
    'portcullis.yaml': 'listen: 8080\nplugins: x.ts\nroutes: [{ path: /a, respond: {} }]',
  })
  const { code, out } = await commandLine(folder, ['check'])
  assert.equal(code, 1)
  assert.match(out, /^portcullis\.yaml:2:10 plugins: the plugin x\.ts cannot be loaded\n/)
})

test('init writes a file that passes check, and never over another', async (t) => {
  const folder = await temporaryFolder(t, {})
  const { code, out } = await commandLine(folder, ['init'])
  assert.equal(code, 0)
  assert.match(out, /Wrote portcullis\.yaml.*\n.*\n {2}portcullis check/)
  assert.match((await commandLine(folder, ['check'])).out, /^ok: 2 routes, 1 service, 0 warnings$/)

  const before = await readFile(join(folder, 'portcullis.yaml'), 'utf8')
  const again = await commandLine(folder, ['init'])
  assert.equal(again.code, 2)
  assert.match(again.err, /portcullis\.yaml is already there/)
  assert.equal(await readFile(join(folder, 'portcullis.yaml'), 'utf8'), before)
  assert.equal((await commandLine(folder, ['init', '--config', 'other.yaml'])).code, 0)
})

test('the JSON Schema has every key, each described', async (t) => {
  const { out } = await commandLine(await temporaryFolder(t, {}), ['schema'])
  const undescribed: string[] = []
  const visit = (schema: JsonSchema, path: string): void => {
    for (const [key, member] of Object.entries(schema.properties ?? {})) {
      if (member.description === undefined) undescribed.push(`${path}.${key}`)
      visit(member, `${path}.${key}`)
    }
    for (const form of schema.anyOf ?? schema.oneOf ?? []) visit(form, path)
    if (schema.items) visit(schema.items, `${path}[]`)
    if (typeof schema.additionalProperties === 'object') {
      visit(schema.additionalProperties, `${path}.*`)
    }
  }
  const schema = JSON.parse(out) as JsonSchema
  visit(schema, '')
  assert.deepEqual(undescribed, [])
  assert.equal(schema['title'], 'Portcullis configuration')
  assert.ok(Object.keys(schema.properties!).length > 10)
})

test('key makes keys and hashes, of what it is given or reads, and says what could be guessed', async (t) => {
  const folder = await temporaryFolder(t, {})
  const made = await commandLine(folder, ['key', 'create', '--prefix', 'shop'])
  const [, key, hash] =
    /^key   (shop_[0-9a-f]{8}_[A-Za-z0-9]{43})\nhash  (sha256:[0-9a-f]{64}:shop_[0-9a-f]{8})$/.exec(
      made.out,
    ) ?? []
  assert.equal(made.code, 0)
  assert.equal((await commandLine(folder, ['key', 'hash', key!])).out, hash)
  assert.deepEqual(await commandLine(folder, ['key', 'hash'], {}, `${key}\n`), {
    code: 0,
    out: hash!,
    err: '',
  })
  const short = await commandLine(folder, ['key', 'hash', 'K1'])
  assert.match(short.err, /^a key of 2 characters can be guessed/)
  assert.match(short.out, /^sha256:/)
  assert.equal((await commandLine(folder, ['key', 'hash'], {}, '\n')).code, 1)
  assert.match(
    (await commandLine(folder, ['key', 'hash', '--password', 'of a person'])).out,
    /^scrypt:32768:8:1:/,
  )
  assert.equal((await commandLine(folder, ['key', 'mend'])).code, 2)
  assert.equal((await commandLine(folder, ['key', 'create', '--prefix', 'Shop'])).code, 2)
})
