/** The plugin contract: all that a filter, endpoint or store needs, and all that it may have. */

export { z } from 'zod'
export { Networks, isNetwork } from '#base/address'
export { type Awaitable, isPending } from '#base/awaitable'
export type { Clock } from '#base/clock'
export { cookieOf, cookiesOf } from '#http/cookies'
export { isLocal } from '#base/local-networks'
export { HeaderList } from '#http/header-list'
export { normalizePath } from '#http/path'
export { parseDictionary, parseItem, parseList } from '#http/structured-fields'
export { type InnerList, isInnerList, type Item } from '#http/structured-values'
export { writeDictionary, writeInnerList, writeItem, writeList } from '#http/write-structured'
export {
  type Authenticator,
  type AuthenticatorDefinition,
  type AuthenticatorHost,
  type Carriers,
  defineAuthenticator,
  KNOWN_BY,
  type KnownBy,
  Identity,
  Refusal,
  type Verdict,
} from '#sdk/authenticator'
export { type Body, isEmpty, type Sink } from '#sdk/body'
export {
  breakerMembers,
  type CallRules,
  concurrencyMembers,
  defineCallRule,
  hedgeMembers,
  timeoutMembers,
} from '#sdk/call-rules'
export { ClaimExpression, claimExpression, parseClaimExpression } from '#sdk/claim-expression'
export type { ConsumerKey, Consumers } from '#sdk/consumers'
export { DetachedExchange } from '#sdk/detached-exchange'
export { destination, type Reference, referenceTo } from '#sdk/destination'
export { defineEndpoint, type EndpointDefinition, type EndpointHost } from '#sdk/endpoint'
export type { Errand, ErrandAnswer, Errands } from '#sdk/errands'
export {
  type Client,
  type ClientCertificate,
  type Consumer,
  type Exchange,
  type InboundRequest,
  type Params,
  type Replied,
  Slot,
} from '#sdk/exchange'
export { fallbackOptions } from '#sdk/fallback'
export { mirrorOptions } from '#sdk/mirror'
export { type ExchangeKey, exchangeKey, type KeyPart, readKey } from '#sdk/exchange-key'
export { Calendar, type CalendarUnit } from '#sdk/calendar'
export { condition, Expression, expression, expressionOfReply } from '#sdk/expression'
export { Fault, type FaultCode, toFault } from '#sdk/fault'
export {
  type BodyNeeds,
  defineFilter,
  type Endpoint,
  type Filter,
  type FilterDefinition,
  type Host,
  type Outcome,
  type Plan,
} from '#sdk/filter'
export { holdBody, readWhole } from '#sdk/held-body'
export { KeptBody } from '#sdk/kept-body'
export { FRAMING_FIELDS, HOP_FIELDS } from '#sdk/own-fields'
export { movePaths } from '#sdk/moved-paths'
export { type Rest, restOf } from '#sdk/params'
export { lookAlikeRemoval } from '#sdk/look-alikes'
export { type LimitPolicy, LIMITS_SEEN, type LimitSeen } from '#sdk/limits-seen'
export { limitedBody } from '#sdk/limited-body'
export { PRIORITIES, type Priority } from '#sdk/priority'
export type { Phase } from '#sdk/phase'
export { parseRate, rate, type RateText } from '#sdk/rate'
export { rateName } from '#sdk/rate-name'
export { readText } from '#sdk/read-text'
export { readJson } from '#sdk/reply-json'
export { Reply, replyToFault } from '#sdk/reply'
export { retryMembers, type RetryReason, type RetryRules } from '#sdk/retry'
export { byteSize, duration, headerName, oneOrMore, share, someTime } from '#sdk/schema'
export type { Service, ServiceRequest, TimeLimits } from '#sdk/service'
export { makeStaticReply, type StaticReply, staticReply } from '#sdk/static-reply'
export {
  type Charge,
  type Counters,
  defineStore,
  type Rate,
  type Replies,
  type Standing,
  type Store,
  type StoreDefinition,
  StoreFailure,
  type StoreHost,
} from '#sdk/store'
export { isOrigin } from '#sdk/web-origin'
export {
  headerText,
  namesInTemplates,
  parsePathAndQuery,
  type PathAndQuery,
  pathAndQuery,
  parseTemplate,
  Template,
  template,
} from '#sdk/template'
