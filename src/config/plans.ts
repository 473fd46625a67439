/** Plans: as they were written, and as a stage has them. */

import type { Plan } from '#sdk/filter'
import { memberOf } from './origin.ts'
import type { Report } from './report.ts'
import { checkStageNames } from './stages.ts'

/** As authored: the features read what is theirs. */
export interface PlanConfig {
  readonly name: string
  readonly members: Readonly<Record<string, unknown>>
  /** Members that replace those in a stage. */
  readonly stages: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export function compilePlans(
  root: object,
  stages: ReadonlySet<string>,
  report: Report,
): PlanConfig[] {
  return Object.entries(memberOf(root, 'plans') ?? {}).map(([name, written]) => {
    const own = (written ?? {}) as object
    checkStageNames(own, 'stages', stages, report)
    const { stages: inStages = {}, ...members } = own as { stages?: PlanConfig['stages'] }
    return { name, members, stages: inStages }
  })
}

export function planIn({ name, members, stages }: PlanConfig, stage: string): Plan {
  const { features, ...rest } = { ...members, ...stages[stage] }
  return { ...rest, name, features: [features ?? []].flat() as string[] }
}
