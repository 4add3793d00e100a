import { Auth } from '@auth/core'
import { clientSecretPost, memoryStore } from '@evergrant/core'
import { VirtualClock } from '@evergrant/testing'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { AuthSettings } from './auth-config.ts'
import { createAuthTokens } from './create-auth-tokens.ts'
import { guideCallbacks } from './guide.test-support.ts'
import { clientId, clientSecret, startStrictServer } from './oidc-provider.test-support.ts'
import type { StrictServer } from './oidc-provider.test-support.ts'
import { realmSignIn } from './sign-in.ts'
import { formOf, Visitor } from './visitor.test-support.ts'

// `Auth(request, config)` of @auth/core itself against oidc-provider: what a hundred requests with one cookie come to,
// with ours and with the guide's callbacks. The numbers of docs/authjs.md are these.

const origin = 'https://app.example'
const auth = `${origin}/auth`
const minuteMs = 60_000

let server: StrictServer
let clock: VirtualClock

beforeEach(async () => {
  // Only the date: sockets need real timers.
  vi.useFakeTimers({ toFake: ['Date'] })
  clock = new VirtualClock(Date.now())
  server = await startStrictServer(`${auth}/callback/strict`)
})

afterEach(async () => {
  vi.useRealTimers()
  await server.close()
})

async function pass(ms: number): Promise<void> {
  vi.setSystemTime(Date.now() + ms)
  await clock.advance(ms)
}

type Way = 'guide' | 'store' | 'cookie'

interface App {
  readonly handle: (request: Request) => Promise<Response>
  readonly person: Visitor
}

async function signedIn(way: Way): Promise<App> {
  const { issuer } = server
  const tokenEndpoint = `${issuer}/token`
  const signIn = realmSignIn({
    id: 'strict',
    name: 'Strict',
    clientId,
    clientSecret,
    scope: 'openid',
    authorization: {
      provider: 'strict',
      server: { issuer, tokenEndpoint },
      client: { clientId, authentication: clientSecretPost(clientSecret) },
      resource: { origins: [] },
    },
  })
  const settings: AuthSettings = {
    secret: 'fake-secret-fake-secret-fake-secret',
    trustHost: true,
    basePath: '/auth',
    logger: { error: () => undefined, warn: () => undefined },
  }
  const provider = signIn.provider
  if (provider === undefined) throw new Error('It has one.')
  const ours = (tokensIn: 'store' | 'cookie') =>
    createAuthTokens({
      signIns: [signIn],
      tokensIn,
      clock,
      store: memoryStore({ clock }),
      onError: () => undefined,
    }).withTokens(settings)
  const config =
    way === 'guide'
      ? {
          ...settings,
          providers: [provider],
          callbacks: guideCallbacks({ tokenEndpoint, clientId, clientSecret }),
        }
      : ours(way)
  const handle = async (request: Request): Promise<Response> => Auth(request, config)
  const person = new Visitor(request => (request.url.startsWith(origin) ? handle(request) : fetch(request)))
  await walkIn(person)
  expect(await person.session(auth)).toHaveProperty('user')
  Object.assign(server.refreshes, { asked: 0, granted: 0 })
  return { handle, person }
}

/** Goes from page to page, as a person does, until the application has its answer. */
async function walkIn(person: Visitor): Promise<void> {
  let url = await person.begin(auth, 'strict')
  for (let step = 0; step < 12; step++) {
    let response = await person.send(url)
    if (response.status === 200) {
      const { action, fields } = formOf(await response.text())
      response = await person.send(new URL(action, url).href, {
        form: { ...fields, login: 'fake-anna', password: 'fake-password' },
      })
    }
    const location = new URL(response.headers.get('location') ?? '', url).href
    if (url.startsWith(auth)) return
    url = location
  }
  throw new Error('The sign-in leads nowhere.')
}

interface Outcome {
  readonly refreshesAsked: number
  readonly toldToSignInAgain: number
}

/** A hundred requests at once with one cookie. The browser keeps the cookie of the answer that came last. */
async function hundred({ handle, person }: App): Promise<number> {
  const cookie = person.cookieHeader(origin)
  const responses = await Promise.all(
    Array.from({ length: 100 }, () => handle(new Request(`${auth}/session`, { headers: { cookie } }))),
  )
  const last = responses.at(-1)
  if (last) person.keep(origin, last)
  const sessions = await Promise.all(responses.map(response => response.json() as Promise<unknown>))
  return sessions.filter(isOut).length
}

function isOut(session: unknown): boolean {
  return session === null || (typeof session === 'object' && 'error' in session)
}

/** Whether the person is still signed in once the next token has expired, too. */
async function isAliveLater({ person }: App): Promise<boolean> {
  await pass(5 * minuteMs + 1000)
  return !isOut(await person.session(auth))
}

const outcome = (toldToSignInAgain: number): Outcome => ({
  refreshesAsked: server.refreshes.asked,
  toldToSignInAgain,
})

async function parallel(way: Way): Promise<Outcome & { readonly isAlive: boolean }> {
  const app = await signedIn(way)
  await pass(5 * minuteMs + 1000)
  const result = outcome(await hundred(app))
  return { ...result, isAlive: await isAliveLater(app) }
}

async function outage(way: Way): Promise<Outcome & { readonly isAlive: boolean }> {
  const app = await signedIn(way)
  await pass(5 * minuteMs + 1000)
  server.isDown = true
  let told = 0
  for (let second = 0; second < 60; second += 10) {
    told += await hundred(app)
    await pass(10_000)
  }
  server.isDown = false
  const result = outcome(told)
  // Whatever waits after a failure has waited by then.
  await pass(minuteMs)
  await app.person.session(auth)
  return { ...result, isAlive: await isAliveLater(app) }
}

async function oldCookie(way: Way): Promise<Outcome & { readonly isAlive: boolean }> {
  const app = await signedIn(way)
  await pass(5 * minuteMs + 1000)
  const old = app.person.cookieHeader(origin)
  await app.person.session(auth)
  await pass(minuteMs)
  app.person.restore(origin, old)
  const result = outcome(await hundred(app))
  return { ...result, isAlive: await isAliveLater(app) }
}

describe.each(['store', 'cookie'] as const)('with the tokens in the %s', way => {
  test('a hundred parallel requests on one expired cookie cause one refresh, and nobody is logged out', async () => {
    expect(await parallel(way)).toEqual({ refreshesAsked: 1, toldToSignInAgain: 0, isAlive: true })
    expect(server.refreshes).toEqual({ asked: 2, granted: 2 })
  })

  test('six hundred requests in a minute of 503 log nobody out, and spare the server', async () => {
    const result = await outage(way)
    expect(result).toMatchObject({ toldToSignInAgain: 0, isAlive: true })
    // The engine waits longer after every failure; then it goes on, and the next expiry finds it well.
    expect(result.refreshesAsked).toBeLessThanOrEqual(6)
    expect(server.refreshes.granted).toBe(2)
  })

  test('a hundred requests with the cookie of a minute ago cause no refresh, and nobody is logged out', async () => {
    expect(await oldCookie(way)).toEqual({ refreshesAsked: 1, toldToSignInAgain: 0, isAlive: true })
    expect(server.refreshes).toEqual({ asked: 2, granted: 2 })
  })
})

describe('with the callbacks of the guide', () => {
  test('a hundred parallel requests cause a hundred refreshes, and the session is lost', async () => {
    const result = await parallel('guide')
    expect(result).toEqual({ refreshesAsked: 100, toldToSignInAgain: 99, isAlive: false })
    expect(server.refreshes.granted).toBe(1)
  })

  test('every request in a minute of 503 is told to sign in again', async () => {
    const result = await outage('guide')
    expect(result.toldToSignInAgain).toBe(600)
    expect(result.refreshesAsked).toBe(600)
  })

  test('the cookie of a minute ago ends the session', async () => {
    const result = await oldCookie('guide')
    expect(result.toldToSignInAgain).toBe(100)
    expect(result.isAlive).toBe(false)
  })
})
