import { get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { ErrorRequestHandler, Request } from 'express'
import { describe, expect, test, vi } from 'vitest'
import { createWorld, Page, route, serve, usernameIn, versions } from './express.test-support.ts'
import { accessTokens, tokenErrorHandler } from './index.ts'

describe.each(versions)('%s', (_version, express) => {
  test('F14 two hundred interleaved requests of two users: nobody gets the token of another', async () => {
    const world = createWorld()
    await world.signIn('anna', 0)
    await world.signIn('bert', 1)
    const app = express()
    const subject = (request: Request): string | undefined => request.get('x-user')
    app.use(accessTokens({ truphone: world.fleet, user: { users: world.users, subject } }))
    app.get(
      '/whose',
      route(async ({ tokens }, response) => {
        await tokens.truphone.getAccessToken()
        const [first, second] = [
          await tokens.user.getAccessToken(),
          await tokens.user.fetch('vehicles?size=1'),
        ]
        response.json([usernameIn(first), second.status])
      }),
    )
    app.use(tokenErrorHandler())
    const page = new Page((await serve(app)).url)
    const names = ['anna', 'bert', undefined, 'carla', '']
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        if (index === 100) await world.clock.advance(301_000)
        const answer = await page.send('GET', '/whose', undefined, { 'x-user': names[index % 5] })
        return [names[index % 5], answer.status, await answer.json()] as const
      }),
    )
    for (const [name, status, body] of answers) {
      if (name === 'anna') expect([status, body]).toEqual([200, [world.customer(0).username, 200]])
      else if (name === 'bert') expect([status, body]).toEqual([200, [world.customer(1).username, 200]])
      else expect([status, body]).toMatchObject([401, { error: { code: 'reauthorization_required' } }])
    }
  })

  test('C75 a client that leaves ends its own calls; the refresh that others share goes on', async () => {
    const world = createWorld()
    const app = express()
    app.use(accessTokens({ truphone: world.fleet }))
    const failures: unknown[] = []
    const reached = vi.fn()
    app.get(
      '/slow',
      route(async (request, response) => {
        const { truphone } = request.tokens
        reached()
        const calls = [
          truphone.getAccessToken(),
          truphone.fetch('sims'),
          truphone.variant({}).getAccessToken(),
        ]
        for (const result of await Promise.allSettled(calls)) {
          failures.push(result.status === 'rejected' ? (result.reason as Error).name : 'fine')
        }
        response.end()
      }),
    )
    const { url } = await serve(app)
    world.emulator.truphone.faults.add({ kind: 'delay', ms: 5_000, on: 'token' })
    const leaving = get(`${url}/slow`, { agent: false }).on('error', () => {})
    await vi.waitFor(() => expect(reached).toHaveBeenCalled())
    const other = world.fleet.getAccessToken({})
    leaving.destroy()
    await vi.waitFor(() => expect(failures).toEqual(['AbortError', 'AbortError', 'AbortError']))
    expect(await world.clock.runUntil(other)).toBeTypeOf('string')
    expect(world.emulator.journal.count({ kind: 'token' })).toBe(1)
  })

  test('what was given up for a client that has left reaches nobody, and is no fault', async () => {
    const world = createWorld()
    const reached = vi.fn()
    const [onError, others] = [vi.fn(), vi.fn()]
    const app = express()
    app.use(accessTokens({ truphone: world.fleet }))
    app.get(
      '/slow',
      route(async ({ tokens }) => {
        reached()
        await tokens.truphone.getAccessToken()
      }),
    )
    const onOther: ErrorRequestHandler = (error, _request, _response, _next) => others(error)
    app.use(tokenErrorHandler({ onError }), onOther)
    const { url } = await serve(app)
    world.emulator.truphone.faults.add({ kind: 'delay', ms: 5_000, on: 'token' })
    const leaving = get(`${url}/slow`, { agent: false }).on('error', () => {})
    await vi.waitFor(() => expect(reached).toHaveBeenCalled())
    leaving.destroy()
    await pause(50)
    expect(onError).not.toHaveBeenCalled()
    expect(others).not.toHaveBeenCalled()
  })

  test('an answer that has ended aborts nothing: what goes on behind it may use the tokens', async () => {
    const world = createWorld()
    const app = express()
    app.use(accessTokens({ truphone: world.fleet }))
    const later = vi.fn()
    app.get(
      '/early',
      route(async (request, response) => {
        const { truphone } = request.tokens
        await truphone.getAccessToken()
        response.end()
        await pause(30)
        later((await truphone.getAccessToken()).length > 0)
      }),
    )
    const { url } = await serve(app)
    get(`${url}/early`, { agent: false }, answer => answer.resume())
    await vi.waitFor(() => expect(later).toHaveBeenCalledWith(true))
  })

  test('fifty calls of one request warn of no leak', async () => {
    const world = createWorld()
    const warned = vi.fn()
    process.on('warning', warned)
    const app = express()
    app.use(accessTokens({ truphone: world.fleet }))
    app.get(
      '/many',
      route(async ({ tokens }, response) => {
        const calls = Array.from({ length: 50 }, () => tokens.truphone.fetch('sims?per_page=1'))
        response.json((await Promise.all(calls)).every(({ ok }) => ok))
      }),
    )
    const page = new Page((await serve(app)).url)
    expect(await (await page.send('GET', '/many')).json()).toBe(true)
    await pause(10)
    process.off('warning', warned)
    expect(warned).not.toHaveBeenCalled()
  })
})
