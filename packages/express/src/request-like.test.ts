import type { Request } from 'express'
import { expect, test } from 'vitest'
import { requestLikeOf } from './request-like.ts'

const asked = (headers: object): Request =>
  ({ headers, protocol: 'https', originalUrl: '/api/x?y=1', url: '/x?y=1' }) as unknown as Request

test('the URL has the scheme that Express trusts, the host as it was sent, and the whole path', () => {
  const { url, headers } = requestLikeOf(asked({ host: 'app.example:8443', cookie: 'a=1; b=2' }))
  expect(url).toBe('https://app.example:8443/api/x?y=1')
  expect([headers.get('cookie'), headers.get('host')]).toEqual(['a=1; b=2', 'app.example:8443'])
})

test('without a host there is no URL', () => {
  expect(requestLikeOf(asked({})).url).toBeUndefined()
})

test('it is the same object for the same request, and another for another', () => {
  const request = asked({ host: 'a' })
  expect(requestLikeOf(request)).toBe(requestLikeOf(request))
  expect(requestLikeOf(asked({ host: 'a' }))).not.toBe(requestLikeOf(request))
})
