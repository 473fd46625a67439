/** `respond`: answers by itself, always the same. */

import { defineEndpoint, makeStaticReply, staticReply, template } from '#sdk/index'

export const respond = defineEndpoint({
  name: 'respond',
  summary: 'Answers by itself, always the same',
  options: staticReply(template('header')),

  create:
    (reply) =>
    ({ params }) =>
      makeStaticReply(reply, (value) => value.render(params)),
})
