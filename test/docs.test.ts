import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { glob, mkdir, readFile, symlink } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { test, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { loadKnown } from '#compile/plugins'
import { formatComplaint } from '#config/complaint'
import { readConfig } from '#config/read'
import { FAULTS } from '#sdk/fault'
import { Authority } from './kit/certificates.ts'
import { temporaryFolder } from './kit/temporary-folder.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PAGES = await readPages()

/** Secrets that pages name are set: to a hash, where the name says so. */
const ENVIRONMENT = new Proxy<Record<string, string>>(
  {},
  { get: (_, name) => secretOf(String(name)) },
)

function secretOf(name: string): string | undefined {
  if (name.endsWith('_HASH')) return hash('sha256', name)
  return /_(?:PASSWORD|SECRET)$/.test(name) ? 'x'.repeat(40) : undefined
}

interface Block {
  readonly language: string
  /** What follows the language: `fragment`, or `file=routes/orders.yaml`. */
  readonly info: string
  readonly text: string
  readonly line: number
}

/** By path from the root. */
async function readPages(): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>()
  for (const pattern of ['README.md', 'docs/**/*.md'])
    for await (const page of glob(pattern, { cwd: ROOT }))
      pages.set(page, await readFile(join(ROOT, page), 'utf8'))
  return pages
}

function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^```(\w+)[ \t]*(.*)\n([^]*?)^```$/gm)].map((found) => ({
    language: found[1]!,
    info: found[2]!,
    text: found[3]!,
    line: page.slice(0, found.index).split('\n').length,
  }))
}

/** Pages that speak of certificates name files: `certs/api.pem` has its key in `certs/api.key`. */
function certificatesNamedIn(files: Readonly<Record<string, string>>): Record<string, string> {
  const names = Object.values(files).flatMap(
    (text) => text.match(/certs\/[\w-]+\.(?:pem|crl)/g) ?? [],
  )
  if (names.length === 0) return {}
  const made = new Authority()
  return Object.fromEntries(
    [...new Set(names)].flatMap((name) => {
      if (name.endsWith('.crl')) return [[name, made.revoke()]]
      const { cert, key } = made.issue()
      return [
        [name, cert],
        [name.replace('.pem', '.key'), key],
      ]
    }),
  )
}

/** What is wrong with a file that stands among those of its page, and with a package of that name beside it. */
async function complaintsOf(
  t: TestContext,
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<string[]> {
  const folder = await temporaryFolder(t, { ...certificatesNamedIn(files), ...files })
  await mkdir(join(folder, 'node_modules'))
  await symlink(ROOT, join(folder, 'node_modules/portcullis'))
  const read = await readConfig(join(folder, name), loadKnown, { environment: ENVIRONMENT })
  return read.ok ? [] : read.complaints.map(formatComplaint)
}

for (const [path, page] of PAGES) {
  const blocks = blocksOf(page)
  const named = Object.fromEntries(
    blocks.flatMap(({ info, text }) => {
      const file = /^file=(\S+)$/.exec(info)?.[1]
      return file === undefined ? [] : [[file, text]]
    }),
  )
  for (const { language, info, text, line } of blocks) {
    if (language !== 'yaml' || info.startsWith('file=')) continue
    test(`the configuration at ${path}:${line} passes the check`, async (t) => {
      assert.ok(['', 'fragment'].includes(info), `expected fragment or file=…, found ${info}`)
      const whole = info === 'fragment' ? `listen: 8080\n${text}` : text
      assert.deepEqual(await complaintsOf(t, 'page.yaml', { ...named, 'page.yaml': whole }), [])
    })
  }
  for (const name of Object.keys(named).filter((file) => file.endsWith('.config.ts'))) {
    test(`${name} of ${path} passes the check`, async (t) => {
      assert.deepEqual(await complaintsOf(t, name, named), [])
    })
  }
}

test('the sample passes the check, and shares what it says it shares', async () => {
  const read = await readConfig(join(ROOT, 'docs/sample.yaml'), loadKnown, {
    environment: {},
    secrets: 'skip', // its certificates are nowhere
  })
  assert.deepEqual(read.ok ? [] : read.complaints.map(formatComplaint), [])
  assert.deepEqual(
    read.warnings.map(({ path, message }) => `${path}: ${message}`),
    ['users', 'stock', 'partnerApi', 'payments', 'ordersNext'].map(
      (name) =>
        `services.${name}: one set of targets, shared by the stages production, staging, qa`,
    ),
  )
})

test('troubleshooting has a line for every fault code with its status, and for no other', () => {
  const rows = PAGES.get('docs/troubleshooting.md')!.matchAll(/^\| `([A-Z_]+)` +\| (\d+) +\|/gm)
  const told = [...rows].map(([, code, status]) => `${code} ${status}`)
  const real = Object.entries(FAULTS).map(([code, { status }]) => `${code} ${status}`)
  assert.deepEqual(told.toSorted(), real.toSorted())
})

test('every link of the documentation leads to a file, and to a heading in it', async () => {
  const broken: string[] = []
  for (const [path, page] of PAGES) {
    for (const [from, link] of linksOf(path, page)) {
      const [file = '', heading] = link.split('#')
      const text = await readFile(join(ROOT, file), 'utf8').catch((error: NodeJS.ErrnoException) =>
        error.code === 'EISDIR' ? '' : undefined,
      )
      const leads = heading === undefined || headingsOf(text ?? '').includes(heading)
      if (text === undefined || !leads) broken.push(`${path}: ${from}`)
    }
  }
  assert.deepEqual(broken, [])
})

test('the index of the documentation leads to each of its pages', () => {
  const index = 'docs/README.md'
  const linked = new Set(linksOf(index, PAGES.get(index)!).map(([, link]) => link))
  const pages = [...PAGES.keys()].filter((path) => path.startsWith('docs/') && path !== index)
  assert.deepEqual(
    pages.filter((path) => !linked.has(path)),
    [],
  )
})

/** As written, and from the root. */
function linksOf(path: string, page: string): (readonly [string, string])[] {
  const prose = page.replace(/^```[^]*?^```$/gm, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((found) => found[1]!)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const target = link.startsWith('#') ? join(ROOT, path) : resolve(ROOT, dirname(path), link)
      return [link, relative(ROOT, link.startsWith('#') ? `${target}${link}` : target)]
    })
}

/** As they are named in links: small letters, no punctuation, `-` for a space. */
function headingsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map((found) =>
    found[1]!
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}
