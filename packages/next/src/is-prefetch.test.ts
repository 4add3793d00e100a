import { describe, expect, test } from 'vitest'
import { isPrefetch } from './is-prefetch.ts'

describe('a prefetch', () => {
  test.each([
    { 'next-router-prefetch': '1' },
    { 'next-router-segment-prefetch': '/_tree' },
    { purpose: 'prefetch' },
    { 'sec-purpose': 'prefetch' },
    { 'sec-purpose': 'prefetch;prerender' },
    { 'Sec-Purpose': 'Prefetch' },
  ])('is %j', headers => {
    expect(isPrefetch(new Headers(headers as Record<string, string>))).toBe(true)
  })

  test.each([{}, { rsc: '1' }, { purpose: 'preview' }, { 'sec-purpose': 'noprefetching' }])(
    'is not %j',
    headers => {
      expect(isPrefetch(new Headers(headers as Record<string, string>))).toBe(false)
    },
  )
})
