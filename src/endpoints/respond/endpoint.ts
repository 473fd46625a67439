/** `respond`: answers by itself, always the same. */

import { defineEndpoint, makeStaticReply, staticReply, template } from '#sdk/index'

export const respond = defineEndpoint({
  name: 'respond',
  summary: 'Answers by itself, always the same',
  options: staticReply(template('header'), '{id} is a path parameter'),

  create:
    (reply) =>
    ({ params }) =>
      makeStaticReply(reply, (value) => value.render(params)),
})
