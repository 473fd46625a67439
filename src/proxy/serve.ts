/** The whole journey of one exchange. Read this file first. */

import type { HttpExchange } from '#proxy/exchange'
import { overloaded } from '#proxy/overload'
import { runPipeline } from '#proxy/pipeline'
import { redirect } from '#proxy/redirect'
import { send } from '#proxy/send'
import { matchPreflight } from '#proxy/preflight'
import { matchIn } from '#routing/worlds'

export function serve(ex: HttpExchange): void {
  const { program, request, listening } = ex
  if (listening.redirectsTo !== undefined) {
    send(ex, redirect(request, listening.redirectsTo))
    return
  }
  const world = program.worlds.find(request.host, request.path)
  if (world.staged !== undefined) ex.enterStage(world.staged)
  const match = matchPreflight(world, request) ?? matchIn(world, request)
  ex.enter(match.route ?? program.fallback(world.staged?.stage), match)
  listening.environment.heartbeat.route = ex.route
  const { overload } = ex.listening.environment
  const { priority } = ex.routeProgram
  if (overload.level > priority && overload.sheds(priority)) {
    send(ex, overloaded())
    return
  }
  runPipeline(ex.routeProgram.pipeline, ex, send)
}
