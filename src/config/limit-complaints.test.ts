import { loadKnown } from '#compile/plugins'
import { testComplaints } from '../../test/kit/complaint-cases.ts'

testComplaints(
  [
    {
      about: 'a limit of nothing, of less, and without a time that there is',
      text: `routes:
  - { path: /a, respond: x, rateLimit: 0/s }
  - { path: /b, respond: x, rateLimit: -1/s }
  - { path: /c, respond: x, rateLimit: 10/fortnight }
  - { path: /d, respond: x, rateLimit: { limit: 10 } }
  - { path: /e, respond: x, rateLimit: { limit: 10/s, burst: 0 } }`,
      complaints: [
        '3:40 routes[0].rateLimit: found "0/s", expected a rate of 1 or more; `ip: { deny }` and `methods` are how to refuse all',
        '4:40 routes[1].rateLimit: found "-1/s", expected a rate such as 100/s, 600/min, 3/10s or 1000/day',
        '5:40 routes[2].rateLimit: found "10/fortnight", expected a rate such as 100/s, 600/min, 3/10s or 1000/day',
        '6:40 routes[3].rateLimit: found a limit without a time, expected one such as 100/s, or algorithm: concurrency',
        '7:62 routes[4].rateLimit.burst: found 0, expected 1 or more',
      ],
    },
    {
      about: 'a store and a plan that are not there',
      text: `consumers: [{ name: a, plan: silver }]
plans: { gold: { rateLimit: { limit: 1/s, store: shared } } }
routes: [{ path: /, respond: x, rateLimit: { limit: 1/s, store: redis } }]`,
      complaints: [
        '2:30 consumers[0].plan: found no plan "silver"; there are gold',
        '3:29 plans.gold.rateLimit: found no store "shared"; there are memory',
        '4:44 routes[0].rateLimit: found no store "redis"; there are memory',
      ],
    },
    {
      about: 'two rules of one name on one level, and a rule that ends without a name',
      text: `routes:
  - { path: /a, respond: x, rateLimit: [{ name: r, limit: 1/s }, { name: r, limit: 2/s }] }
  - { path: /b, respond: x, rateLimit: { limit: false } }`,
      complaints: [
        '3:40 routes[0].rateLimit: found two rules named r, expected other names',
        '4:40 routes[1].rateLimit: found limit: false without a name, expected the name of the rule that ends',
      ],
    },
    {
      about: 'a quota without a calendar, and zones that are nowhere',
      text: `plans:
  gold: { quota: 100/h }
  free: { quota: { limit: 100/day, timeZone: Mars/Olympus } }
routes: [{ path: /, respond: x, rateLimit: { limit: 1/day, algorithm: fixedWindow, timeZone: Nowhere } }]`,
      complaints: [
        '3:18 plans.gold.quota: found "100/h", expected a quota per day, week or month, such as 1000000/month',
        '4:46 plans.free.quota.timeZone: found "Mars/Olympus", expected a time zone such as Europe/Berlin',
        '5:94 routes[0].rateLimit.timeZone: found "Nowhere", expected a time zone such as Europe/Berlin',
      ],
    },
    {
      about: 'members that do not go together',
      text: `routes:
  - { path: /a, respond: x, rateLimit: { limit: 1/s, algorithm: fixedWindow, burst: 5 } }
  - { path: /b, respond: x, rateLimit: { limit: 1/s, algorithm: concurrency } }
  - { path: /c, respond: x, rateLimit: { limit: 1/s, timeZone: Europe/Berlin } }`,
      complaints: [
        '3:40 routes[0].rateLimit: found burst beside a window, expected it with algorithm: gcra',
        '4:40 routes[1].rateLimit: found a limit with a time beside algorithm: concurrency, expected a number: so many at once',
        '5:40 routes[2].rateLimit: found a timeZone, expected it with algorithm: fixedWindow and a limit per day, week or month',
      ],
    },
    {
      about: 'costs and keys that nobody knows',
      text: `routes:
  - { path: /a, respond: x, rateLimit: { limit: 1/s, by: tenant } }
  - { path: /b, respond: x, rateLimit: { limit: 1/s, cost: -1 } }
  - { path: /c, respond: x, rateLimit: { limit: 1/s, cost: reply.body } }
  - { path: /d, respond: x, auth: false, authorize: { when: reply.status == 200 } }`,
      complaints: [
        '3:58 routes[0].rateLimit.by: found "tenant", expected ip, consumer, route, header:NAME, cookie:NAME, query:NAME, claim:NAME, path:NAME or { cel }',
        '4:60 routes[1].rateLimit.cost: found -1, expected a number of at least 0',
        '5:60 routes[2].rateLimit.cost: found "reply.body", expected an expression; at character 7: reply has no "body"; it has status, headers, json',
        '6:61 routes[3].authorize.when: found "reply.status == 200", expected an expression; at character 1: there is no variable "reply"; there are path, query, headers, cookies, claims, consumer, client, request, stage',
      ],
    },
  ],
  await loadKnown([]),
)
