/** `redis`: a server, or several, where gateways count together. Exact over all of them; when it is gone each goes on alone. */

import { defineStore } from '#sdk/index'
import { connect } from './connection.ts'
import { RedisCounters } from './counters.ts'
import { Gateways } from './gateways.ts'
import { Line } from './line.ts'
import { options } from './options.ts'
import { RedisReplies } from './replies.ts'

export const redis = defineStore({
  name: 'redis',
  summary: 'Redis or Valkey, where several gateways count together: a url, Sentinels or a Cluster',
  options,
  secrets: ['password'],
  sharedBytes: () => 0,

  create(given, { clock, gateway }) {
    const connection = connect(given)
    const line = new Line(connection, given.timeout, clock)
    const gateways = new Gateways(line, given.prefix, gateway)
    return {
      counters: new RedisCounters(line, given.prefix, given.cluster !== undefined),
      replies: new RedisReplies(line, given.prefix),
      gateways: () => gateways.count,
      opened: connection.opened.then(() => gateways.beat()),
      close() {
        gateways.close()
        connection.close()
      },
    }
  },
})
