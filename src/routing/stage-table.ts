/** Which of several worlds a request is for, told by its host and the beginning of its path. */

import { fromSegment } from '#sdk/params'
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
  readonly entrances: Entrance[]
}

export class StageTable {
  readonly #exact = new Map<string, HostOfStages>()
  readonly #wildcards: HostOfStages[] = []
  readonly #anyHost: Entrance | undefined

  /** Host patterns that are none are left out: the configuration complains of them. */
  constructor(rules: readonly StageRule[]) {
    const anyHost = rules.find(({ hosts }) => hosts.length === 0)
    this.#anyHost = anyHost && new Entrance(anyHost)
    const byKey = new Map<string, HostOfStages>()
    for (const rule of rules) {
      const entrance = new Entrance(rule)
      for (const pattern of rule.hosts.map(parseStageHost)) {
        if (pattern instanceof Complaint) continue
        const host = byKey.get(pattern.key) ?? { pattern, entrances: [] }
        byKey.set(pattern.key, host)
        host.entrances.push(entrance)
        host.entrances.sort((a, b) => b.prefixLength - a.prefixLength)
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
      return this.#anyHost.enter(path) ?? this.#anyHost.bare(path)
    }
    for (const entrance of this.#hostOf(host)?.entrances ?? []) {
      const staged = entrance.enter(path)
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

/** A stage as requests are held against it. */
class Entrance {
  readonly #name: string
  readonly #prefix: string
  readonly #form: string
  readonly #segments: number

  constructor({ name, pathPrefix }: StageRule) {
    this.#name = name
    this.#prefix = pathPrefix
    this.#form = matchForm(pathPrefix)
    this.#segments = pathPrefix.split('/').length - 1
  }

  get prefixLength(): number {
    return this.#prefix.length
  }

  enter(path: string): Staged | undefined {
    if (this.#prefix === '') return this.bare(path)
    const form = matchForm(path)
    const prefix = this.#form
    if (!form.startsWith(prefix)) return undefined
    if (form.length > prefix.length && form[prefix.length] !== '/') return undefined
    // Counted, not measured: the same segment can be spelled in more than one length.
    const rest = fromSegment(path, this.#segments) || '/'
    return { stage: this.#name, prefix: this.#prefix, path: rest }
  }

  /** Without the prefix. */
  bare(path: string): Staged {
    return { stage: this.#name, prefix: '', path }
  }
}
