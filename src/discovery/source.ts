/** What a source of targets says, and what becomes of it. */

/** A target in the words of its source: at a name or an address. */
export interface Told {
  /** Undefined: as the service has it. */
  readonly scheme?: 'http' | 'https' | undefined
  readonly host: string
  readonly port: number
  /** '' or '/base'. */
  readonly basePath: string
  readonly weight: number
  readonly tier: number
  readonly drain: boolean
}

/** A target that can be called. */
export interface Found {
  /** With an address in place of a name. */
  readonly url: string
  /** What it is called in a Host field: by the name, where it has one. */
  readonly authority: string | undefined
  readonly weight: number
  readonly tier: number
  readonly drain: boolean
}

interface Answer {
  readonly targets: readonly Told[]
  /** Milliseconds until it is worth asking again; 0 for a source that makes one wait itself. */
  readonly holdsMs: number
}

export interface Source {
  /** Fails when there is no answer, or none that makes sense. `wasWell`: what it answered last could be used. */
  ask(wasWell: boolean): Promise<Answer>
  stop(): void
}
