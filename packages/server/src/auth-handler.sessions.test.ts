import { describe, expect, test } from 'vitest'
import { createAuthHandler } from './auth-handler.ts'
import type { AuthHandler, AuthHandlerOptions } from './auth-handler.ts'
import { CookieJar, createSessionWorld, modes } from './sessions.test-support.ts'
import type { Mode, SessionWorld } from './sessions.test-support.ts'

// The routes over real sessions and an emulated TRAVIS, as a browser meets them.
interface Page {
  readonly world: SessionWorld
  readonly jar: CookieJar
  readonly ask: (route: string, body?: unknown) => Promise<{ status: number; text: string; headers: Headers }>
}

function open(mode: Mode, options: AuthHandlerOptions = {}): Page {
  const world = createSessionWorld()
  const handler: AuthHandler = createAuthHandler(world.instance(mode), { now: world.clock.wall, ...options })
  const jar = new CookieJar()
  return {
    world,
    jar,
    ask: async (route, body) => {
      const isRead = route === 'session'
      const headers = {
        'sec-fetch-site': 'same-origin',
        'x-evergrant': '1',
        ...(!isRead && { origin: jar.origin }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      }
      const init = { method: isRead ? 'GET' : 'POST', headers, path: `/auth/${route}` }
      const answer = await handler(
        jar.request({ ...init, ...(body !== undefined && { body: JSON.stringify(body) }) }),
      )
      jar.receive(answer.headers)
      return { status: answer.status, text: await answer.text(), headers: answer.headers }
    },
  }
}

const parsed = ({ text }: { text: string }): Record<string, unknown> => JSON.parse(text) as never

describe.each(modes)('the auth routes with the tokens in the %s', mode => {
  test('C69 C70 a page signs in, asks who it is, gets access tokens alone, and signs out', async () => {
    const { world, jar, ask } = open(mode, { tokenMediation: true })
    const { username } = world.customer()
    const signedIn = await ask('sign-in', world.customer())
    expect(parsed(signedIn)).toMatchObject({ status: 'authenticated', mode: 'mediated', username })
    expect(parsed(await ask('session'))).toEqual(parsed(signedIn))
    const { signInId } = parsed(signedIn)
    const token = await ask('token', { signInId })
    expect(parsed(token)).toMatchObject({ tokenType: 'Bearer', expiresInMs: 300_000, signInId })
    expect(Object.keys(parsed(token))).not.toContain('refreshToken')
    const out = await ask('sign-out')
    expect(parsed(out)).toMatchObject({ status: 'unauthenticated' })
    expect(jar.cookies.size).toBe(0)
    expect((await ask('token')).status).toBe(401)
    for (const { headers, text } of [signedIn, token, out]) {
      expect(headers.get('cache-control')).toBe('private, no-store')
      expect(headers.get('vary')).toBe('Cookie')
      expect(text).not.toContain(world.customer().password)
    }
  })

  test('C71 F21 a sign-in changes the cookie and the sign-in, and the page of the earlier one gets no token', async () => {
    const { world, jar, ask } = open(mode, { tokenMediation: true })
    const { signInId } = parsed(await ask('sign-in', world.customer()))
    const before = jar.header
    const next = parsed(await ask('sign-in', world.customer(1)))
    expect(jar.header).not.toBe(before)
    expect(next['signInId']).not.toBe(signInId)
    expect((await ask('token', { signInId })).status).toBe(409)
    expect((await ask('token', next)).status).toBe(200)
  })

  test('C47 an unknown account and a wrong password cannot be told apart', async () => {
    const answers = []
    for (const name of ['somebody-unknown', 'known']) {
      const { world, ask } = open(mode)
      const username = name === 'known' ? world.customer().username : name
      const { status, text, headers } = await ask('sign-in', { username, password: 'fake-wrong-password' })
      answers.push({ status, text, headers: [...headers] })
    }
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]?.status).toBe(401)
  })
})
