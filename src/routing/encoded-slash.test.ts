import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList } from '#http/header-list'
import { createRouterBuilder } from './router-builder.ts'

test('an encoded slash does not lead past a more specific route, and is welcome elsewhere', () => {
  const builder = createRouterBuilder<string>()
  for (const path of '/** /admin/** /projects/{id} /projects/{id}/issues /as%2Fis /as/is /only/{x}'.split(
    ' ',
  ))
    assert.deepEqual(builder.add({ name: path, path }, path), [])
  const router = builder.build()
  const request = { method: 'GET', host: 'h', query: '', headers: new HeaderList(), listener: 'l' }
  const cases = {
    '/admin%2fsecret': 'BAD_PATH',
    '/admin%2F': 'BAD_PATH',
    '/%2fadmin/secret': 'BAD_PATH',
    '/x%2f/y': '/**',
    '/admin/a%2fb': '/admin/**',
    '/projects/group%2fproject': '/projects/{id}',
    '/projects/group%2Fproject/issues': '/projects/{id}/issues',
    '/projects/1%2Fissues': 'BAD_PATH',
    '/as%2fis': '/as%2Fis',
    '/only%2fx': 'BAD_PATH',
  }
  for (const [path, name] of Object.entries(cases)) {
    const match = router.match({ ...request, path })
    assert.equal('fault' in match ? match.fault : match.route, name, path)
  }
})
