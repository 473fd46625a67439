/** The whole journey of one exchange. Read this file first. */

import type { HttpExchange } from '#proxy/exchange'
import { runPipeline } from '#proxy/pipeline'
import { send } from '#proxy/send'

export function serve(ex: HttpExchange): void {
  const { program } = ex
  const match = program.router.match(ex.request)
  ex.enter(match.route ?? program.fallback, match)
  ex.listening.environment.heartbeat.route = ex.route
  runPipeline(ex.routeProgram.pipeline, ex, send)
}
