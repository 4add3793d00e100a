import { isConfigurationError } from '@evergrant/core'
import type { AccessTokenSource, ConfigurationError } from '@evergrant/core'
import { describe, expect, test } from 'vitest'
import type { SessionSource } from '../request-session.ts'
import { createApiProxyHandler } from './api-proxy-handler.ts'
import type { ApiProxyOptions } from './api-proxy-options.ts'

const application = { authorize: async () => ({}), settle: () => 'done' } as unknown as AccessTokenSource
const sessions = { for: () => application } as unknown as SessionSource
const options: ApiProxyOptions = { target: 'https://api.example.com/', allow: ['GET vehicles'] }

function problemsOf(
  source: unknown,
  changed: Partial<Record<keyof ApiProxyOptions, unknown>> = {},
): readonly string[] {
  try {
    createApiProxyHandler(source as SessionSource, { ...options, ...changed } as ApiProxyOptions)
  } catch (error) {
    expect(isConfigurationError(error)).toBe(true)
    return (error as ConfigurationError).problems
  }
  return []
}

describe('createApiProxyHandler', () => {
  test('takes sessions, a function, or a source of the application with authorize', () => {
    expect(problemsOf(sessions)).toEqual([])
    expect(problemsOf(() => application)).toEqual([])
    expect(problemsOf(application, { authorize: () => true })).toEqual([])
  })

  test('C67 a source of the application needs authorize, or any visitor could use its token', () => {
    expect(problemsOf(application)).toEqual([
      'authorize is required, because without it any visitor could use the token of the application.',
    ])
    expect(problemsOf(application, { authorize: true })).toHaveLength(1)
  })

  test.each([[undefined], [null], [{}], ['fake-secret']])('refuses %j as source', source => {
    expect(problemsOf(source)).toEqual([
      'The source must be sessions, an AccessTokenSource, or a function that returns one for a request.',
    ])
  })

  test.each([
    ['prefix', 'api'],
    ['prefix', '/api/'],
    ['prefix', '/'],
    ['prefix', '/a?b'],
    ['replayBufferBytes', -1],
    ['replayBufferBytes', 1.5],
    ['maxBodyBytes', 0],
    ['timeoutMs', 0],
    ['timeoutMs', Infinity],
    ['requestHeaders', ['cookie']],
    ['requestHeaders', 'cookie'],
    ['origins', []],
    ['allow', []],
    ['target', '/v1'],
  ] as const)('refuses %s: %j', (name, value) => {
    expect(problemsOf(sessions, { [name]: value })).toHaveLength(1)
  })

  test('C67 names every fault at once', () => {
    const faults = {
      target: 'http://api.example.com/?a',
      allow: ['get a', 'GET b/'],
      requestHeaders: ['host'],
    }
    expect(problemsOf(application, faults)).toHaveLength(6)
  })
})
