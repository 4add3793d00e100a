import { NextResponse } from 'next/server.js'
import { describe, expect, test } from 'vitest'
import { createSessionWorld } from './session-world.test-support.ts'
import { withTokens } from './with-tokens.ts'
import type { NextProxy } from './with-tokens.ts'

const event = {}

/** A request as some hosts hand it over: without `cookies` and `nextUrl`. */
function plainRequest(cookie: string, headers: Readonly<Record<string, string>> = {}): Request {
  return new Request('https://app.test/page', { headers: { cookie, ...headers } })
}

async function expiredWorld(tokensIn: 'store' | 'cookie' = 'cookie') {
  const world = createSessionWorld(tokensIn)
  const cookie = await world.signedIn()
  await world.clock.advance(300_000)
  const run = (proxy?: NextProxy, headers?: Record<string, string>): Promise<Response> =>
    withTokens(world.sessions, proxy)(plainRequest(cookie, headers), event)
  return { ...world, cookie, run }
}

describe('withTokens', () => {
  test('F4 refreshes a due token ahead, for a plain Request as well, and writes both cookies', async () => {
    const { run, refreshes, cookie } = await expiredWorld()
    const { headers } = await run()
    expect(refreshes()).toBe(1)
    expect(headers.getSetCookie()[0]).toMatch(/^__Host-evergrant\.[\w-]{8}=.+; Secure/)
    expect(headers.get('x-middleware-next')).toBe('1')
    const handedOn = headers.get('x-middleware-request-cookie')
    expect(handedOn).toMatch(/^__Host-evergrant=/)
    expect(handedOn).not.toBe(cookie)
  })

  test('C70 F16 an answer that sets a cookie is stored by no cache, whatever the proxy function says', async () => {
    const { run } = await expiredWorld()
    const { headers } = await run(() => NextResponse.next({ headers: { 'cache-control': 's-maxage=60' } }))
    expect(headers.get('cache-control')).toBe('private, no-store')
    expect(headers.get('cdn-cache-control')).toBe('no-store')
    expect(headers.get('vary')).toBe('Cookie')
  })

  test('an answer that sets no cookie keeps its caching', async () => {
    const { sessions } = createSessionWorld('cookie')
    const answer = NextResponse.next({ headers: { 'cache-control': 's-maxage=60' } })
    const { headers } = await withTokens(sessions, () => answer)(plainRequest('other=1'), event)
    expect([...headers]).toEqual([...answer.headers])
  })

  test.each<[string, () => Response]>([
    ['a redirect whose headers cannot be changed', () => Response.redirect('https://app.test/there', 303)],
    ['a redirect of Next', () => NextResponse.redirect('https://app.test/there', 303)],
  ])('%s stays one, and sets the cookies', async (_, answer) => {
    const { run } = await expiredWorld()
    const response = await run(answer)
    expect([response.status, response.headers.get('location')]).toEqual([303, 'https://app.test/there'])
    expect(response.headers.getSetCookie()).not.toEqual([])
    expect(response.headers.has('x-middleware-request-cookie')).toBe(false)
  })

  test('an answer of its own keeps its body and its cookies', async () => {
    const { run } = await expiredWorld()
    const response = await run(() => {
      const answer = NextResponse.json({ from: 'proxy' }, { status: 418 })
      answer.cookies.set('own', '1')
      return answer
    })
    expect([response.status, await response.json()]).toEqual([418, { from: 'proxy' }])
    const names = response.headers.getSetCookie().map(text => text.split('=', 1)[0])
    expect(names).toEqual(expect.arrayContaining(['own', expect.stringMatching(/^__Host-evergrant\./)]))
  })

  test.each([undefined, null])('a proxy function that returns %s lets the request go on', async nothing => {
    const { run } = await expiredWorld()
    expect((await run(() => nothing)).headers.get('x-middleware-next')).toBe('1')
  })

  test('a proxy function has the same session, and what it does is written', async () => {
    const { run, sessions } = await expiredWorld()
    const { headers } = await run(async request => {
      await sessions.for(request).signOut()
      return NextResponse.next()
    })
    expect(headers.getSetCookie()[0]).toMatch(/^__Host-evergrant=; Max-Age=0/)
    expect(headers.get('x-middleware-request-cookie')).toBeNull()
  })

  test('what a proxy function throws is thrown', async () => {
    const { run } = await expiredWorld()
    const failing = (): never => {
      throw new Error('of the application')
    }
    await expect(run(failing)).rejects.toThrow('of the application')
  })

  test('prefetches refresh nothing and set nothing', async () => {
    const { run, refreshes } = await expiredWorld()
    const { headers } = await run(undefined, { 'sec-purpose': 'prefetch' })
    expect([refreshes(), headers.getSetCookie()]).toEqual([0, []])
  })

  test('with tokens in a store there is nothing to do ahead', async () => {
    const { run, refreshes } = await expiredWorld('store')
    const { headers } = await run()
    expect([refreshes(), headers.getSetCookie()]).toEqual([0, []])
  })

  test('a server that is down changes nothing, and the next request tries again', async () => {
    const { run, emulator, clock, refreshes } = await expiredWorld()
    const outage = emulator.travis.faults.add({ kind: 'status', status: 503, forMs: 600_000 })
    const { status, headers } = await run()
    expect([status, headers.getSetCookie(), headers.get('x-middleware-next')]).toEqual([200, [], '1'])
    outage.remove()
    await clock.advance(60_000)
    const before = refreshes()
    expect((await run()).headers.getSetCookie()).not.toEqual([])
    expect(refreshes()).toBe(before + 1)
  })
})
