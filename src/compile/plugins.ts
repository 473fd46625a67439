/** Everything a configuration may name: what is built in, and what the plugins' files bring. */

import { existsSync, statSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { type Known, PluginRefused } from '#config/known'
import { builtinAuthenticators } from '#authenticators/index'
import { builtinEndpoints } from '#endpoints/index'
import { builtinFilters } from '#filters/index'
import type { AuthenticatorDefinition } from '#sdk/authenticator'
import type { EndpointDefinition } from '#sdk/endpoint'
import type { FilterDefinition } from '#sdk/filter'
import type { StoreDefinition } from '#sdk/store'
import { builtinStores } from '#stores/index'

/** Imports each file once per thread. Fails, naming the file, when one cannot be loaded or brings nothing. */
export async function loadKnown(files: readonly string[]): Promise<Known> {
  const filters: FilterDefinition[] = [...builtinFilters]
  const endpoints: EndpointDefinition[] = [...builtinEndpoints]
  const stores: StoreDefinition[] = [...builtinStores]
  const authenticators: AuthenticatorDefinition[] = [...builtinAuthenticators]
  for (const file of files) {
    const exported = Object.values(await importPlugin(file)) as unknown[]
    const found = exported.flat().filter(isDefinition)
    if (found.length === 0)
      throw new PluginRefused(file, 'exports no filter, endpoint, store or authenticator')
    for (const definition of found) {
      const others = isAuthenticator(definition)
        ? authenticators
        : [...filters, ...endpoints, ...stores]
      if (others.some(({ name }) => name === definition.name))
        throw new PluginRefused(file, `brings ${definition.name}, which there is already`)
      if (isAuthenticator(definition)) authenticators.push(definition)
      else if ('phase' in definition) filters.push(definition)
      else if ('sharedBytes' in definition) stores.push(definition)
      else endpoints.push(definition)
    }
  }
  return { filters, endpoints, stores, authenticators }
}

/** Changes when the code in the files does. */
export function codeOf(files: readonly string[]): string {
  return files.map((file) => `${file} ${statSync(file).mtimeMs}`).join('\n')
}

async function importPlugin(file: string): Promise<object> {
  if (!existsSync(file)) throw new PluginRefused(file, 'is not there')
  try {
    return (await import(pathToFileURL(file).href)) as object
  } catch (thrown) {
    throw new PluginRefused(file, 'cannot be loaded', thrown)
  }
}

type Definition = FilterDefinition | EndpointDefinition | StoreDefinition | AuthenticatorDefinition

function isAuthenticator(definition: Definition): definition is AuthenticatorDefinition {
  return 'kind' in definition && definition.kind === 'authenticator'
}

function isDefinition(value: unknown): value is Definition {
  if (typeof value !== 'object' || value === null) return false
  return (
    'name' in value && 'options' in value && 'create' in value && typeof value.create === 'function'
  )
}
