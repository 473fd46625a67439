/** The authenticators of a program, each made when a route first asks for it, one for each stage that says otherwise. */

import { createHmac } from 'node:crypto'
import { type Awaitable, isPending } from '#base/awaitable'
import { getOrPut } from '#base/get-or-put'
import type { BoundServices } from '#compile/bound-services'
import type { Kept } from '#compile/kept'
import type { Site } from '#compile/site'
import { authenticatorFor } from '#config/authenticators'
import type { AuthenticatorConfig, GatewayConfig } from '#config/config'
import type { Authenticator, AuthenticatorHost } from '#sdk/authenticator'
import { Fault } from '#sdk/fault'
import type { Standing, Store } from '#sdk/store'

export class Authenticators {
  readonly #configs: GatewayConfig['authenticators']
  readonly #bound: BoundServices
  readonly #memory: Store
  readonly #kept: Kept
  readonly #site: Site
  readonly #made = new Map<string, Authenticator>()

  /** `memory`: where words that were said are counted. */
  constructor(
    configs: GatewayConfig['authenticators'],
    bound: BoundServices,
    memory: Store,
    kept: Kept,
    site: Site,
  ) {
    this.#configs = configs
    this.#bound = bound
    this.#memory = memory
    this.#kept = kept
    this.#site = site
  }

  of(name: string, stage: string): Authenticator {
    return getOrPut(this.#made, JSON.stringify([name, stage]), () => this.#make(name, stage))
  }

  /** What is said of it, as JSON. */
  formOf(name: string, stage: string): string {
    return JSON.stringify(authenticatorFor(this.#configs, name, stage))
  }

  /** One that cannot be made lets nobody in. */
  #make(name: string, stage: string): Authenticator {
    try {
      const config = authenticatorFor(this.#configs, name, stage)
      const definition = this.#site.known.authenticators.find((one) => one.name === config?.kind)
      if (config === undefined || definition === undefined)
        throw new Error(`no authenticator is called ${name}`)
      return definition.create(
        definition.options.parse(config.options),
        this.#hostOf(config, stage),
      )
    } catch (thrown) {
      this.#site.log.error(`the authenticator ${name} cannot be made: its routes answer 503`, {
        cause: String(thrown),
      })
      const fault = (): never => {
        throw new Fault('AUTHENTICATOR_FAILED', `the authenticator ${name} cannot be made`, thrown)
      }
      return { carriers: {}, authenticate: fault, answer: fault }
    }
  }

  #hostOf(config: AuthenticatorConfig, stage: string): AuthenticatorHost {
    const { clock, log, consumers, errands, services } = this.#site
    const { name } = config
    const form = JSON.stringify([config, stage])
    return {
      clock,
      log,
      name,
      stage,
      consumers,
      errands,
      service: (called) => this.#bound.for(called, { features: {}, stage }),
      keep: (what, make) => this.#kept.keep(`${what} ${form}`, make),
      isFirst: (word, forMs) => this.#isFirst(`${form}\n${word}`, forMs),
      processKey: (purpose) =>
        createHmac('sha256', services.shared.processKey)
          .update(JSON.stringify([name, stage, purpose]))
          .digest(),
    }
  }

  /** A rate of one in that time lets a word pass once. */
  #isFirst(word: string, forMs: number): Awaitable<boolean> {
    const rate = { algorithm: 'gcra', limit: 1, periodMs: forMs, burst: 1 } as const
    const standings = this.#memory.counters.consume([{ key: word, rate, cost: 1 }])
    return isPending(standings) ? standings.then(passes) : passes(standings)
  }
}

function passes([standing]: readonly Standing[]): boolean {
  return standing!.passes
}
