import { isConfigurationError } from '@evergrant/core'
import { expect, test } from 'vitest'
import { CookieJar, createSessionWorld, signedIn } from './sessions.test-support.ts'
import type { SessionWorld } from './sessions.test-support.ts'

/** Answers the emulator's tokens, made longer by so many characters. */
function longer(world: SessionWorld, length: () => number): typeof fetch {
  return async (input, init) => {
    const response = await world.emulator.fetch(input, init)
    const body: unknown = response.headers.get('content-type')?.includes('json')
      ? await response.clone().json()
      : undefined
    if (typeof body !== 'object' || body === null || !('access_token' in body)) return response
    const access_token = `${String(body.access_token)}${'x'.repeat(length())}`
    return Response.json({ ...body, access_token })
  }
}

test('F51 tokens of 64 kB are refused in a sealed cookie, before the browser locks itself out', async () => {
  const world = createSessionWorld()
  const sessions = world.instance('cookie', { fetch: longer(world, () => 64_000) })
  const session = sessions.for(new CookieJar().request())
  const failure = await session.signIn(world.customer()).catch((error: unknown) => error)
  expect(failure).toSatisfy(isConfigurationError)
  expect(String(failure)).toMatch(/does not fit into cookies.*Sealed it has \d+ kB.*store/)
  expect(session.setCookies).toEqual([])
  // Nobody could ever use the tokens: they are ended at the provider, too.
  expect(world.events.map(({ type }) => type)).toContain('signed-out')
})

test('F51 tokens of 64 kB are no problem in a store', async () => {
  const world = createSessionWorld()
  const sessions = world.instance('store', { fetch: longer(world, () => 64_000) })
  const jar = await signedIn(world, sessions)
  expect((await sessions.for(jar.request()).getAccessToken()).length).toBeGreaterThan(64_000)
  expect(jar.header.length).toBeLessThan(100)
})

test('F51 F52 a session spreads over at most three cookies, and chunks that are no longer needed are removed', async () => {
  const world = createSessionWorld()
  let length = 3000
  const sessions = world.instance('cookie', { fetch: longer(world, () => length) })
  const jar = await signedIn(world, sessions)
  const data = `__Host-evergrant.${jar.cookies.get('__Host-evergrant')}`
  expect([...jar.cookies.keys()]).toEqual(['__Host-evergrant', data, `${data}.1`, `${data}.2`])
  for (const [name, value] of jar.cookies) expect(name.length + value.length).toBeLessThan(4000)
  expect(await sessions.for(jar.request()).getState()).toMatchObject({ status: 'authenticated' })

  const incomplete = jar.copy()
  incomplete.cookies.delete(`${data}.1`)
  const broken = sessions.for(incomplete.request())
  expect(await broken.getState()).toEqual({ status: 'unauthenticated' })
  incomplete.take(broken)
  expect(incomplete.cookies.size).toBe(0)

  length = 0
  await world.clock.advance(301_000)
  const session = sessions.for(jar.request())
  await session.getAccessToken()
  jar.take(session)
  expect([...jar.cookies.keys()]).toEqual(['__Host-evergrant', data, `${data}.1`].slice(0, jar.cookies.size))
  expect(jar.cookies.size).toBeLessThan(4)
})

test('F51 a session that outgrows its cookies ends with a clear error, and locks nobody out', async () => {
  const world = createSessionWorld()
  let length = 0
  const sessions = world.instance('cookie', { fetch: longer(world, () => length) })
  const jar = await signedIn(world, sessions)
  length = 64_000
  await world.clock.advance(301_000)
  const session = sessions.for(jar.request())
  await expect(session.getAccessToken()).rejects.toThrow(/does not fit into cookies/)
  jar.take(session)
  expect(jar.header).toBe('')
  length = 0
  const next = sessions.for(jar.request())
  await next.signIn(world.customer(1))
  jar.take(next)
  expect(await sessions.for(jar.request()).getState()).toMatchObject({ username: world.customer(1).username })
})
