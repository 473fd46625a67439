/** Checks the targets of the services that want it: one thread for all workers, who read what it found. */

import type { GatewayConfig, ServiceConfig } from '#config/config'
import type { Health } from '#config/schema/services'
import { checkHealth } from '#control/health-check'
import type { TargetsByService } from '#services/registry'
import type { TargetStates } from '#services/target-states'

/** Called when a target went down, with what is wrong, or came back. */
type OnHealth = (service: ServiceConfig, url: string, wrong: string | undefined) => void

/** Checks are not all made at the same moment: each waits this much of its interval more or less. */
const JITTER = 0.1

export class HealthChecker {
  readonly #states: TargetStates
  readonly #onHealth: OnHealth
  readonly #rounds = new Map<string, Round>()

  constructor(states: TargetStates, onHealth: OnHealth) {
    this.#states = states
    this.#onHealth = onHealth
  }

  /** From here on these are checked. What stays as it was goes on, with what is known of it. */
  watch(services: GatewayConfig['services'], targets: TargetsByService): void {
    const wanted = new Map<string, () => Round>()
    for (const [name, service] of Object.entries(services)) {
      const { health, tls, plaintext } = service
      if (health === undefined) continue
      for (const { url, slot, authority } of targets[name] ?? []) {
        wanted.set(JSON.stringify([name, url, authority, health, tls, plaintext, slot]), () => {
          const onChange = (wrong: string | undefined): void => {
            this.#states.setChecked(slot, wrong === undefined)
            this.#onHealth(service, url, wrong)
          }
          const check = (): Promise<string | undefined> =>
            checkHealth(url, health, { authority, tls, plaintext })
          return new Round(check, health, onChange, () => this.#states.forgetCheck(slot))
        })
      }
    }
    for (const [key, round] of this.#rounds) {
      if (wanted.has(key)) continue
      round.stop()
      this.#rounds.delete(key)
    }
    for (const [key, begin] of wanted) {
      if (!this.#rounds.has(key)) this.#rounds.set(key, begin())
    }
  }

  stop(): void {
    for (const round of this.#rounds.values()) round.stop()
    this.#rounds.clear()
  }
}

/** One target, again and again. It counts as up until checks say otherwise. */
class Round {
  readonly #ask: () => Promise<string | undefined>
  readonly #health: Health
  readonly #onChange: (wrong: string | undefined) => void
  readonly #onStop: () => void
  #timer: NodeJS.Timeout
  #isUp = true
  /** Checks in a row that speak against what it counts as. */
  #against = 0
  #isOver = false

  constructor(
    ask: () => Promise<string | undefined>,
    health: Health,
    onChange: (wrong: string | undefined) => void,
    onStop: () => void,
  ) {
    this.#ask = ask
    this.#health = health
    this.#onChange = onChange
    this.#onStop = onStop
    this.#timer = setTimeout(() => void this.#check(), Math.random() * JITTER * health.interval)
  }

  stop(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#onStop()
  }

  async #check(): Promise<void> {
    const wrong = await this.#ask()
    if (this.#isOver) return
    this.#count(wrong)
    const spread = 1 + JITTER * (2 * Math.random() - 1)
    this.#timer = setTimeout(() => void this.#check(), this.#health.interval * spread)
    this.#timer.unref()
  }

  #count(wrong: string | undefined): void {
    const isUp = wrong === undefined
    this.#against = isUp === this.#isUp ? 0 : this.#against + 1
    if (this.#against < (isUp ? this.#health.up : this.#health.down)) return
    if (isUp === this.#isUp) return
    this.#isUp = isUp
    this.#against = 0
    this.#onChange(wrong)
  }
}
