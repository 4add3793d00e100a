import type { RequestHandler } from 'express'
import { describe, expect, test, vi } from 'vitest'
import { createWorld, modes, Page, route, serve, usernameIn, versions } from './express.test-support.ts'
import { accessTokens, apiProxy } from './index.ts'

describe.each(versions)('%s', (_version, express) => {
  test('a request without a subject is 401, and the application has no token for it', async () => {
    const world = createWorld()
    const reached = vi.fn()
    const app = express()
    app.use(accessTokens({ user: { users: world.users, subject: () => undefined } }))
    app.use(
      '/api',
      apiProxy(({ tokens }) => tokens.user, { target: world.apiUrl, allow: ['GET **'], send: reached }),
    )
    const page = new Page((await serve(app)).url)
    expect((await page.send('GET', '/api/vehicles')).status).toBe(401)
    expect(reached).not.toHaveBeenCalled()
  })

  test.each(modes)(
    'the session behind req.tokens and behind the proxy is one: tokens in the %s',
    async mode => {
      const world = createWorld()
      const whole = world.sessions(mode)
      const find = vi.fn(whole.for)
      const sessions = { for: find, forReading: whole.forReading }
      const seen = vi.fn()
      const recording: typeof fetch = async (input, init) => {
        const { authorization } = Object.fromEntries(new Headers(init?.headers)) as { authorization?: string }
        seen(usernameIn(authorization ?? ''))
        return world.emulator.fetch(input, init)
      }
      const app = express()
      app.use(accessTokens({ session: sessions }))
      app.use(
        '/sign-in',
        route(async (request, response) => {
          await request.tokens.session.signIn(world.customer(1))
          response.end()
        }),
      )
      // The session has been used, and its cookies hang at the answer, before the proxy runs.
      const look: RequestHandler = async (request, _response, next) => {
        await request.tokens.session.getState()
        next()
      }
      app.use(look)
      app.use('/api', apiProxy(sessions, { target: world.apiUrl, allow: ['GET vehicles'], send: recording }))
      const page = new Page((await serve(app)).url)
      await page.send('GET', '/sign-in')
      await world.clock.advance(301_000)
      find.mockClear()
      const answer = await page.send('GET', '/api/vehicles')
      expect(answer.status).toBe(200)
      const [first, second] = find.mock.results.map(({ value }) => value as object)
      expect(first).toBe(second)
      expect(find).toHaveBeenCalledTimes(2)
      expect(seen).toHaveBeenCalledExactlyOnceWith(world.customer(1).username)
      expect(world.refreshes()).toBe(1)
      const names = answer.headers.getSetCookie().map(text => text.split('=')[0])
      expect(new Set(names).size).toBe(names.length)
      expect(names.length > 0).toBe(mode === 'cookie')
    },
  )
})
