/** `portcullis schema`: the configuration's keys as JSON Schema, for editors. */

import { readPluginList } from '#config/load'
import { ParseCache } from '#config/parse-cache'
import { jsonSchema } from '#config/schema/gateway'
import { parseArguments } from './arguments.ts'
import { type Command, CONFIG_OPTION } from './command.ts'
import { findConfig } from './find-config.ts'
import type { LoadKnown } from '#config/read'

export const schemaCommand = (loadKnown: LoadKnown): Command => ({
  name: 'schema',
  summary: 'Print the JSON Schema of the configuration, for editors',
  usage: '[--config FILE]',
  options: { config: { ...CONFIG_OPTION, summary: 'Add the keys of the plugins it names' } },

  async run(args, io) {
    const named = parseArguments(args, this.options).value('config')
    const plugins =
      named === undefined
        ? []
        : (await readPluginList(findConfig(named, io.cwd), new ParseCache())).map(
            ({ path }) => path,
          )
    io.out(JSON.stringify(jsonSchema(await loadKnown(plugins)), undefined, 2))
    return 0
  },
})
