/** Which of several worlds a request is for, told by its host and the beginning of its path. */

import { Complaint } from './complaint.ts'
import { type HostPattern, hostMatches, parseHostPattern } from './host-pattern.ts'
import { matchForm } from './match-form.ts'
import { compareHosts } from './specificity.ts'

export interface StageRule {
  readonly name: string
  /** Exact hosts, or `*.name`. None: any host is this stage's. */
  readonly hosts: readonly string[]
  /** '' or `/qa`: whole segments, in normal form, without a slash at its end. */
  readonly pathPrefix: string
}

/** The stage of a request, and its path as that stage's routes know it. */
export interface Staged {
  readonly stage: string
  /** What was taken off the path: the stage's pathPrefix, or ''. */
  readonly prefix: string
  readonly path: string
}

interface HostOfStages {
  readonly pattern: HostPattern
  /** The longest prefix first. */
  readonly rules: StageRule[]
}

export class StageTable {
  readonly #exact = new Map<string, HostOfStages>()
  readonly #wildcards: HostOfStages[] = []
  readonly #anyHost: StageRule | undefined

  /** Host patterns that are none are left out: the configuration complains of them. */
  constructor(rules: readonly StageRule[]) {
    this.#anyHost = rules.find(({ hosts }) => hosts.length === 0)
    const byKey = new Map<string, HostOfStages>()
    for (const rule of rules) {
      for (const pattern of rule.hosts.map(parseStageHost)) {
        if (pattern instanceof Complaint) continue
        const host = byKey.get(pattern.key) ?? { pattern, rules: [] }
        byKey.set(pattern.key, host)
        host.rules.push(rule)
        host.rules.sort((a, b) => b.pathPrefix.length - a.pathPrefix.length)
      }
    }
    for (const host of byKey.values()) {
      if (host.pattern.kind === 'exact') this.#exact.set(host.pattern.suffix, host)
      else this.#wildcards.push(host)
    }
    this.#wildcards.sort((a, b) => compareHosts(a.pattern, b.pattern))
  }

  /** Whether there is one stage alone, for any host. */
  get takesAnyHost(): boolean {
    return this.#anyHost !== undefined
  }

  /** Whether some stage has the host. */
  has(host: string): boolean {
    return this.#hostOf(host) !== undefined
  }

  /**
   * The most specific host that a stage has decides, and of its stages the longest prefix. Undefined when the path is
   * under none of them: there is no stage by accident.
   */
  find(host: string, path: string): Staged | undefined {
    if (this.#anyHost !== undefined) {
      // It is alone: its prefix tells it from nothing, and may as well be left out.
      return enter(this.#anyHost, path) ?? { stage: this.#anyHost.name, prefix: '', path }
    }
    for (const rule of this.#hostOf(host)?.rules ?? []) {
      const staged = enter(rule, path)
      if (staged !== undefined) return staged
    }
    return undefined
  }

  #hostOf(host: string): HostOfStages | undefined {
    return (
      this.#exact.get(host) ?? this.#wildcards.find(({ pattern }) => hostMatches(pattern, host))
    )
  }
}

/** Stages are told apart by hosts without a name in them: nobody could ask for it. */
export function parseStageHost(text: string): HostPattern | Complaint {
  const pattern = parseHostPattern(text)
  if (pattern instanceof Complaint || pattern.kind !== 'label') return pattern
  return new Complaint(text, 'a host such as staging.shop.example or *.staging.shop.example')
}

function enter({ name, pathPrefix }: StageRule, path: string): Staged | undefined {
  if (pathPrefix === '') return { stage: name, prefix: '', path }
  const form = matchForm(path)
  const prefix = matchForm(pathPrefix)
  if (!form.startsWith(prefix)) return undefined
  if (form.length > prefix.length && form[prefix.length] !== '/') return undefined
  return { stage: name, prefix: pathPrefix, path: withoutSegments(path, segmentsIn(pathPrefix)) }
}

/** Counted, not measured: the same segment can be spelled in more than one length. */
function withoutSegments(path: string, count: number): string {
  let at = 0
  for (let n = 0; n < count && at >= 0; n++) at = path.indexOf('/', at + 1)
  return at < 0 ? '/' : path.slice(at)
}

function segmentsIn(prefix: string): number {
  return prefix.split('/').length - 1
}
