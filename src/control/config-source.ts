/** The files that a configuration is in: read, and watched for the next time. */

import { codeOf, loadKnown } from '#compile/plugins'
import type { Complaint } from '#config/complaint'
import type { ConsumerList } from '#config/consumers'
import type { GatewayConfig } from '#config/config'
import { ConfigRefused } from '#config/config-refused'
import type { Known } from '#config/known'
import { ParseCache } from '#config/parse-cache'
import { readConfig } from '#config/read'
import { FileWatcher } from '#base/file-watcher'

/** A configuration that may come into force. */
export interface Checked {
  readonly config: GatewayConfig
  readonly consumers: ConsumerList
  readonly known: Known
  /** Changes when the code of its plugins does. */
  readonly code: string
  readonly warnings: readonly Complaint[]
}

export interface ConfigPlace {
  /** Absolute path. */
  readonly file: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The one stage that is wanted, for any host; else all of them. */
  readonly stage?: string | undefined
}

export class ConfigSource {
  readonly #place: ConfigPlace
  readonly #cache = new ParseCache()
  readonly #watcher: FileWatcher
  #consumers: ConsumerList | undefined = undefined
  #isClosed = false

  constructor(place: ConfigPlace, onChange: () => void) {
    this.#place = place
    this.#watcher = new FileWatcher(onChange)
  }

  /** Fails with ConfigRefused; what was read is watched all the same. */
  async read(): Promise<Checked> {
    const { file, environment, stage } = this.#place
    const read = await readConfig(file, loadKnown, {
      cache: this.#cache,
      consumers: this.#consumers,
      environment,
      stage,
    })
    if (!this.#isClosed) this.#watcher.watch(read.files)
    if (!read.ok) throw new ConfigRefused(read.complaints)
    const { config, consumers, known, warnings } = read
    this.#consumers = consumers
    return { config, consumers, known, warnings, code: codeOf(config.plugins) }
  }

  /** Watches no more. */
  close(): void {
    this.#isClosed = true
    this.#watcher.close()
  }
}
