import { NextResponse } from 'next/server.js'
import { cookieHeaderAfter } from '@evergrant/server'
import type { CookieChange } from '@evergrant/server'

const list = 'x-middleware-override-headers'
const valuePrefix = 'x-middleware-request-'

/**
 * Makes `answer`, the headers of what a proxy function returned, hand on the request with the changed cookies, so that
 * pages and route handlers of this very request see them. What the function itself overrides stays. Nothing that a client
 * sent under Next's internal names is handed on. Answers that end the request, such as redirects, are left alone.
 */
export function forwardRequestHeaders(
  answer: Headers,
  request: Headers,
  changes: readonly CookieChange[],
): void {
  if (!answer.has('x-middleware-next') && !answer.has('x-middleware-rewrite')) return
  if (changes.length === 0 && !hasInternal(request)) return
  const own = ownOverrides(answer)
  const headers = new Headers([...(own ?? request)].filter(([name]) => !isInternal(name)))
  // A function that takes the cookies off the request does not get them back.
  if (changes.length > 0 && (own === undefined || own.has('cookie'))) {
    const cookie = cookieHeaderAfter(headers.get('cookie'), changes)
    if (cookie === undefined) headers.delete('cookie')
    else headers.set('cookie', cookie)
  }
  const stale = [...answer.keys()].filter(isOverride)
  for (const name of stale) answer.delete(name)
  for (const [name, value] of NextResponse.next({ request: { headers } }).headers) {
    if (isOverride(name)) answer.set(name, value)
  }
}

/** The request's headers as a proxy function wants them, or undefined where it has nothing to say about them. */
function ownOverrides(answer: Headers): Headers | undefined {
  const names = answer.get(list)
  if (names === null) return undefined
  const headers = new Headers()
  for (const name of names.split(',').map(text => text.trim())) {
    const value = answer.get(valuePrefix + name)
    if (value !== null) headers.set(name, value)
  }
  return headers
}

function hasInternal(headers: Headers): boolean {
  return [...headers.keys()].some(isInternal)
}

function isInternal(name: string): boolean {
  return name.startsWith('x-middleware-')
}

function isOverride(name: string): boolean {
  return name === list || name.startsWith(valuePrefix)
}
