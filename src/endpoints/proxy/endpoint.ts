/** `to`: passes the request on to a service, or to one of several, and its reply back. */

import {
  defineEndpoint,
  type Endpoint,
  type EndpointHost,
  type Exchange,
  referenceTo,
  type Service,
  type ServiceRequest,
} from '#sdk/index'
import { Assignment } from './assignment.ts'
import { describeSplit } from './describe.ts'
import { options, type Split } from './options.ts'
import { chooser } from './split.ts'

export const proxy = defineEndpoint({
  name: 'to',
  summary: 'Passes the request on to a service, and its reply back',
  options,
  references: (to) =>
    typeof to === 'string' ? [referenceTo(to)] : to.split.map((member) => referenceTo(member.to)),
  describe: (to) => (typeof to === 'string' ? [] : describeSplit(to)),
  create(to, host) {
    if (typeof to === 'object') return splitting(to, host)
    const service = host.service(to)
    return (ex) => service.call(ex, requestOf(ex))
  },
})

function splitting(split: Split, host: EndpointHost): Endpoint {
  const services: readonly Service[] = split.split.map(({ to }) => host.service(to))
  const choose = chooser(split, host.route)
  if (split.sticky === undefined)
    return (ex) => services[choose(ex, undefined)]!.call(ex, requestOf(ex))
  const assignment = new Assignment(split.sticky)
  return (ex) => {
    const { key, gives } = assignment.of(ex)
    const reply = services[choose(ex, key)]!.call(ex, requestOf(ex))
    if (gives === undefined) return reply
    return Promise.resolve(reply).then((answer) => assignment.give(gives, ex, answer))
  }
}

function requestOf(ex: Exchange): ServiceRequest {
  const { request, forward } = ex
  return {
    method: request.method,
    path: forward.path,
    query: forward.query,
    headers: forward.headers ?? request.headers,
    body: request.body,
    expectContinue: request.expectsContinue,
    takesTrailers: request.takesTrailers,
    upgrade: request.upgrade,
  }
}
