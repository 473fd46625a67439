/** A route's filters, compiled to the steps that each of its requests takes. */

import { isPending, type Awaitable } from '#base/awaitable'
import { whenHere } from '#base/pending'
import type { Exchange } from '#sdk/exchange'
import { Fault, toFault } from '#sdk/fault'
import type { Endpoint, Filter } from '#sdk/filter'
import { type Reply, replyToFault } from '#sdk/reply'

type OnReply = NonNullable<Filter['onReply']>

/** A question put to a request, and the way out for the reply that answers it. */
interface Step {
  readonly ask: (ex: Exchange) => Awaitable<Reply | void>
  readonly wayOut: readonly OnReply[]
}

export type Pipeline = readonly Step[]

/** `filters` is outermost first. The last step is the endpoint, which always answers. */
export function compilePipeline(filters: readonly Filter[], endpoint: Endpoint): Pipeline {
  const steps: Step[] = []
  let wayOut: readonly OnReply[] = []
  for (const filter of filters) {
    if (filter.onRequest) steps.push({ ask: filter.onRequest.bind(filter), wayOut })
    if (filter.onReply) wayOut = [filter.onReply.bind(filter)].concat(wayOut)
  }
  const ask = filters.reduceRight((inner, filter) => filter.wrap?.(inner) ?? inner, endpoint)
  return [...steps, { ask, wayOut }]
}

/** Takes the steps until one answers. A step that fails answers with its fault: it never lets a request by. */
export function runPipeline<Ex extends Exchange>(
  pipeline: Pipeline,
  ex: Ex,
  done: (ex: Ex, reply: Reply) => void,
  from = 0,
): void {
  for (let i = from; i < pipeline.length; i++) {
    const { ask, wayOut } = pipeline[i]!
    let answer: Awaitable<Reply | void>
    try {
      answer = ask(ex)
    } catch (thrown) {
      answer = replyToFault(toFault(thrown))
    }
    if (answer === undefined) continue
    if (!isPending(answer)) {
      leave(ex, answer, wayOut, done)
      return
    }
    whenHere(
      answer,
      (reply) => {
        if (reply === undefined) runPipeline(pipeline, ex, done, i + 1)
        else leave(ex, reply, wayOut, done)
      },
      (thrown) => leave(ex, replyToFault(toFault(thrown)), wayOut, done),
    )
    return
  }
  leave(ex, replyToFault(new Fault('NO_ANSWER')), pipeline.at(-1)?.wayOut ?? [], done)
}

/** Passes a reply out through the filters around the step that made it, nearest first. */
function leave<Ex extends Exchange>(
  ex: Ex,
  reply: Reply,
  wayOut: readonly OnReply[],
  done: (ex: Ex, reply: Reply) => void,
  from = 0,
): void {
  for (let i = from; i < wayOut.length; i++) {
    let changed: Awaitable<Reply | void>
    try {
      changed = wayOut[i]!(ex, reply)
    } catch (thrown) {
      changed = instead(reply, thrown)
    }
    if (changed === undefined) continue
    if (!isPending(changed)) {
      reply = changed
      continue
    }
    const before = reply
    whenHere(
      changed,
      (other) => leave(ex, other ?? before, wayOut, done, i + 1),
      (thrown) => leave(ex, instead(before, thrown), wayOut, done, i + 1),
    )
    return
  }
  done(ex, reply)
}

/** The fault of a hook in place of the reply it was given; nobody wants that reply's body now. */
function instead(reply: Reply, thrown: unknown): Reply {
  const fault = toFault(thrown)
  if (typeof reply.body === 'object' && 'abort' in reply.body) reply.body.abort(fault)
  return replyToFault(fault)
}
