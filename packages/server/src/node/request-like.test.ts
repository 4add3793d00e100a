import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { requestLikeOf } from './request-like.ts'

/** A request of a framework that cuts `url` where it mounts a handler. */
function asked(headers: Readonly<Record<string, string>>): IncomingMessage {
  const incoming = Object.assign(new IncomingMessage(new Socket()), {
    originalUrl: '/api/x?y=1',
    url: '/x?y=1',
  })
  incoming.headers = headers
  incoming.rawHeaders = Object.entries(headers).flat()
  return incoming
}

test('the URL has the scheme that it is given, the host as it was sent, and the whole path', () => {
  const { url, headers } = requestLikeOf(asked({ host: 'app.example:8443', cookie: 'a=1; b=2' }), 'https')
  expect(url).toBe('https://app.example:8443/api/x?y=1')
  expect([headers.get('cookie'), headers.get('host')]).toEqual(['a=1; b=2', 'app.example:8443'])
  expect([...headers]).toEqual([
    ['cookie', 'a=1; b=2'],
    ['host', 'app.example:8443'],
  ])
})

test('a path that no framework has cut is taken from url', () => {
  const incoming = Object.assign(asked({ host: 'app.example' }), { originalUrl: undefined })
  expect(requestLikeOf(incoming, 'http').url).toBe('http://app.example/x?y=1')
})

test('without a host there is no URL', () => {
  expect(requestLikeOf(asked({}), 'https').url).toBeUndefined()
})

test('it is the same object for the same request, and another for another', () => {
  const request = asked({ host: 'a' })
  expect(requestLikeOf(request, 'https')).toBe(requestLikeOf(request, 'https'))
  expect(requestLikeOf(asked({ host: 'a' }), 'https')).not.toBe(requestLikeOf(request, 'https'))
})
