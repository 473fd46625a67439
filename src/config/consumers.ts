/** Consumers: those in the configuration, and those in files of their own, one a line. */

import { createHash, hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hintOrList } from '#base/nearest'
import { type ConsumerEntry, DirectoryBuilder } from '#consumers/directory-builder'
import { linesOf } from './consumer-lines.ts'
import { resolveFrom } from './files.ts'
import { memberOf } from './origin.ts'
import { codeOf } from './parse-cache.ts'
import type { Report } from './report.ts'
import { type AuthoredConsumer, entryOf } from './schema/consumers.ts'
import type { Authored } from './schema/gateway.ts'

export interface ConsumerList {
  /** What ConsumerDirectory reads. */
  readonly memory: SharedArrayBuffer
  /** Changes when they do. */
  readonly digest: string
}

/** Of all consumers, so many mistakes are told. */
const MAX_TOLD = 20

/** `files` gets those that are named, to be watched. `before`: what is kept when nothing has changed. */
export async function compileConsumers(
  { consumers, plans }: Authored,
  root: object,
  report: Report,
  files: Set<string>,
  before: ConsumerList | undefined,
): Promise<ConsumerList> {
  const written = (memberOf(root, 'consumers') ?? []) as object[]
  const digest = createHash('sha256').update(JSON.stringify([consumers, Object.keys(plans)]))
  const texts = new Map<object, string>()
  for (const [index, one] of consumers.entries()) {
    if (!('file' in one)) continue
    const text = await readList(written[index]!, one.file, report, files)
    if (text === undefined) continue
    texts.set(one, text)
    digest.update(hash('sha256', text))
  }
  const sum = digest.digest('base64')
  if (sum === before?.digest) return before
  const checked = new Checked(new Set(Object.keys(plans)))
  for (const [index, one] of consumers.entries()) {
    const own = written[index]!
    if ('file' in one)
      checked.addLines(texts.get(one) ?? '', (message) => report.complain(own, 'file', message))
    else checked.add(entryOf(one), (member, message) => report.complain(own, member, message))
  }
  return { memory: checked.builder.build(), digest: sum }
}

async function readList(
  holder: object,
  path: string,
  report: Report,
  files: Set<string>,
): Promise<string | undefined> {
  const file = resolveFrom(holder, 'file', path)
  files.add(file)
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const message = `the file ${JSON.stringify(path)} cannot be read (${codeOf(error)})`
    report.complain(holder, 'file', message)
    return undefined
  }
}

/** No name twice, no key twice, and no plan that is not there. */
class Checked {
  readonly builder = new DirectoryBuilder()
  readonly #plans: ReadonlySet<string>
  #told = 0

  constructor(plans: ReadonlySet<string>) {
    this.#plans = plans
  }

  add(entry: ConsumerEntry, say: (member: keyof AuthoredConsumer, message: string) => void): void {
    const { name, plan } = entry
    const tell: typeof say = (member, message) => {
      if (this.#told++ < MAX_TOLD) say(member, message)
    }
    if (plan !== undefined && !this.#plans.has(plan))
      tell('plan', `found no plan ${JSON.stringify(plan)}${hintOrList(plan, this.#plans)}`)
    const twice = this.builder.add(entry)
    if (twice === 'name')
      tell('name', `found the consumer ${JSON.stringify(name)} twice, expected it once`)
    if (twice === 'key')
      tell('apiKeys', 'found a key that stands elsewhere too, expected every key once')
  }

  addLines(text: string, say: (message: string) => void): void {
    for (const { line, entry } of linesOf(text)) {
      if (typeof entry !== 'string')
        this.add(entry, (member, message) => say(`line ${line}, ${member}: ${message}`))
      else if (this.#told++ < MAX_TOLD) say(`line ${line}: ${entry}`)
    }
  }
}
