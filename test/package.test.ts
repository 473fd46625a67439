import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { freePort } from './kit/free-port.ts'
import { until } from './kit/until.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '..')
const bin = (name: string): string => join(ROOT, 'node_modules/.bin', name)

const folder = mkdtempSync(join(tmpdir(), 'portcullis-package-'))
const app = join(folder, 'app')
const installed = join(app, 'node_modules/portcullis')
let tarball = ''

/** Built and packed as for the registry, and installed in a project of someone's own. */
before(async () => {
  const packed = join(folder, 'package')
  mkdirSync(packed)
  for (const file of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'])
    cpSync(join(ROOT, file), join(packed, file))
  await run(bin('tsc'), ['-p', 'tsconfig.build.json', '--outDir', join(packed, 'dist')], {
    cwd: ROOT,
  })
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json'], { cwd: packed })
  tarball = join(packed, (JSON.parse(stdout) as { filename: string }[])[0]!.filename)
  mkdirSync(installed, { recursive: true })
  await run('tar', ['xzf', tarball, '-C', installed, '--strip-components=1'])
  for (const name of ['zod', 'yaml', 're2js', '@marcbachmann', '@types'])
    symlinkSync(join(ROOT, 'node_modules', name), join(app, 'node_modules', name))
  writeFileSync(join(app, 'package.json'), '{ "name": "app", "private": true, "type": "module" }')
})

after(() => rmSync(folder, { recursive: true, force: true }))

const portcullis = (...args: string[]) =>
  run(process.execPath, [join(installed, 'dist/main.js'), ...args], { cwd: app })

const PLUGIN = `
import { defineFilter, z } from 'portcullis'

declare module 'portcullis' {
  interface PluginSettings {
    greet?: { name: string }
  }
}

export const greet = defineFilter({
  name: 'greet',
  summary: 'Greets in a header of the reply',
  phase: 'transform',
  options: z.strictObject({ name: z.string() }),
  create: ({ name }) => ({
    onReply(_ex, reply) {
      reply.headers.set('x-greeting', name)
    },
  }),
})
`

const config = (port: number, admin: number): string => `
import { defineConfig } from 'portcullis'

const name: string = 'world'
export default defineConfig({
  listen: \`127.0.0.1:\${${port}}\`,
  workers: 2,
  admin: { port: ${admin} },
  shutdown: { wait: '0s', deadline: '5s' },
  plugins: './greet.ts',
  routes: [{ path: '/**', respond: 'hello', greet: { name } }],
})
`

test('a project that installs it has the command, a configuration in TypeScript and a plugin', async () => {
  const port = await freePort()
  writeFileSync(join(app, 'greet.ts'), PLUGIN)
  writeFileSync(join(app, 'portcullis.config.ts'), config(port, await freePort()))
  assert.match((await portcullis('check')).stdout, /^ok: 1 route/)
  assert.match((await portcullis('explain', 'GET', '/a')).stdout, /greet/)

  const gateway = spawn(process.execPath, [join(installed, 'dist/main.js'), 'start'], { cwd: app })
  try {
    const exited = new Promise((resolve) => void gateway.on('exit', resolve))
    let said = ''
    gateway.stderr.on('data', (piece) => (said += String(piece)))
    await until(() => said.includes('listening on'), 10_000)
    const reply = await fetch(`http://127.0.0.1:${port}/a`)
    assert.equal(await reply.text(), 'hello')
    assert.equal(reply.headers.get('x-greeting'), 'world')
    gateway.kill('SIGTERM')
    assert.equal(await exited, 0)
  } finally {
    gateway.kill('SIGKILL')
  }
})

test('its types reach from the file to the plugin: what is misspelt is an error in the editor', async () => {
  const compilerOptions = { module: 'nodenext', target: 'es2024', strict: true, noEmit: true }
  writeFileSync(
    join(app, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...compilerOptions, types: ['node'] }, include: ['*.ts'] }),
  )
  const right = config(1, 2)
  writeFileSync(join(app, 'greet.ts'), PLUGIN)
  writeFileSync(join(app, 'portcullis.config.ts'), right)
  await run(bin('tsc'), ['-p', app])
  for (const [good, bad] of [
    ['respond', 'respnd'],
    ['greet: { name }', 'greet: { nmae: name }'],
    ["'5s'", 'true'],
  ] as const) {
    writeFileSync(join(app, 'portcullis.config.ts'), right.replace(good, bad))
    await assert.rejects(run(bin('tsc'), ['-p', app]), { stdout: /portcullis\.config\.ts/ })
  }
})

test('the package is in order by those who judge packages', async () => {
  await run(bin('publint'), [tarball, '--strict'])
  await run(bin('attw'), [tarball, '--profile', 'esm-only'])
})

test('nothing is in it that a user has no use for', async () => {
  const { stdout } = await run('tar', ['tzf', tarball])
  const stray = stdout
    .split('\n')
    .filter((name) => /test|bench|\.tsx?$/.test(name.replace(/\.d\.ts$/, '')))
  assert.deepEqual(stray, [])
})
