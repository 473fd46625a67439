import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeaderList } from '#http/header-list'
import { Fault, type FaultCode, FAULTS } from '#sdk/fault'
import { DEFAULT_PROBLEMS, prefersHtml, problemBody, problemName } from './problem.ts'

const PAGES = {
  typeBase: 'https://errors.test/',
  html: '<p>{status} {title} {code} {requestId} {other}</p>',
}

function problem(fault: Fault, accept?: string, headers = new HeaderList()) {
  const body = problemBody(fault, 'id-<1>', accept, PAGES, headers).toString()
  return { body, headers }
}

test('a program gets a problem document with a stable type', () => {
  const { body, headers } = problem(new Fault('ROUTE_NOT_FOUND'), '*/*')
  assert.equal(headers.get('content-type'), 'application/problem+json')
  assert.deepEqual(JSON.parse(body), {
    type: 'https://errors.test/route-not-found',
    title: FAULTS.ROUTE_NOT_FOUND.title,
    status: 404,
    code: 'ROUTE_NOT_FOUND',
    requestId: 'id-<1>',
  })
})

test('a browser gets a page, with all that is not ours to write escaped', () => {
  const { body, headers } = problem(
    new Fault('NO_TARGET'),
    'text/html,application/xml;q=0.9,*/*;q=0.8',
  )
  assert.equal(headers.get('content-type'), 'text/html; charset=utf-8')
  assert.equal(body, `<p>503 ${FAULTS.NO_TARGET.title} NO_TARGET id-&#60;1&#62; {other}</p>`)
})

test('neither says what only the log may know', () => {
  const fault = new Fault(
    'SERVICE_REFUSED',
    'connect ECONNREFUSED 10.0.0.5:3000',
    new Error('10.0.0.5'),
  )
  for (const accept of ['text/html', undefined])
    assert.doesNotMatch(problem(fault, accept).body, /10\.0\.0/)
})

test('a refusal is never kept, and what it varies by stays beside what filters said', () => {
  const headers = new HeaderList([
    'vary',
    'origin',
    'cache-control',
    'public',
    'access-control-allow-origin',
    '*',
  ])
  problem(new Fault('INTERNAL'), undefined, headers)
  assert.equal(headers.joined('vary'), 'origin, accept')
  assert.deepEqual(headers.all('cache-control'), ['no-store'])
  assert.equal(headers.get('access-control-allow-origin'), '*')
})

test('HTML is what names it, and wants it no less than JSON', () => {
  for (const accept of [
    'text/html',
    'TEXT/HTML;level=1',
    'text/html;q=0.5',
    'application/json;q=0.5, text/html;q=0.5',
    'text/html, */*',
  ]) {
    assert.equal(prefersHtml(accept), true, accept)
  }
  for (const accept of [
    '',
    '*/*',
    'text/*',
    'application/json',
    'text/html;q=0',
    'text/html;q=0.4, application/json;q=0.5',
    'application/problem+json, text/html;q=0.9',
    'text/htmlx',
    'text/html;q=1.2.3',
  ]) {
    assert.equal(prefersHtml(accept), false, accept)
  }
})

test('every fault has a document and a page of its own', () => {
  const codes = Object.keys(FAULTS) as FaultCode[]
  for (const code of codes) {
    const page = problemBody(
      new Fault(code),
      'id',
      'text/html',
      DEFAULT_PROBLEMS,
      new HeaderList(),
    ).toString()
    assert.doesNotMatch(page, /\{(status|title|code|requestId)\}/)
    assert.match(problemName(code), /^[a-z]+(-[a-z]+)*$/)
  }
  assert.equal(new Set(codes.map(problemName)).size, codes.length)
})
