import { VirtualClock } from '@evergrant/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { FakeServer } from './fake-server.test-support.ts'
import { FakeBrowser } from './fake-tabs.test-support.ts'
import type { FakeTab } from './fake-tabs.test-support.ts'
import { createBrowserTokens } from './proxy.ts'

const ann = { username: 'ann', password: 'fake-password' }
const bob = { username: 'bob', password: 'fake-password' }

let clock: VirtualClock
let server: FakeServer
let browser: FakeBrowser
let tab: FakeTab

beforeEach(() => {
  clock = new VirtualClock()
  server = new FakeServer(clock)
  server.mode = 'proxy'
  browser = new FakeBrowser(server.answer, { clock })
  tab = open()
})

const open = (): FakeTab => browser.open({ create: createBrowserTokens })
const run = <T>(promise: Promise<T>): Promise<T> => clock.runUntil(promise)

describe('the entry for proxy mode', () => {
  test('signs in, fetches and signs out, without any lock', async () => {
    await run(tab.tokens.signIn(ann))
    expect(await (await run(tab.tokens.fetch('vehicles'))).json()).toEqual({ owner: 'ann' })
    await expect(run(tab.tokens.getAccessToken())).rejects.toMatchObject({ code: 'access_token_not_exposed' })
    expect(browser.locks).toEqual([])
    expect(await run(tab.tokens.signOut())).toEqual({ isSessionEnded: true })
    expect(tab.tokens.getSnapshot()).toMatchObject({ status: 'unauthenticated' })
  })

  test('F14 learns of another user in another tab', async () => {
    await run(tab.tokens.signIn(ann))
    await run(open().tokens.signIn(bob))
    expect(await (await run(tab.tokens.fetch('vehicles'))).json()).toEqual({ owner: 'bob' })
    expect(tab.tokens.getSnapshot()).toMatchObject({ username: 'bob' })
  })

  test('takes no token from another script of the site', async () => {
    await run(tab.tokens.signIn(ann))
    const token = { signInId: 'sign-in-1', scope: '', generation: 9, accessToken: 'fake-token', ageMs: 0 }
    for (const channel of tab.channels) channel.receive({ type: 'token', ...token })
    expect(tab.tokens.peekAccessToken()).toBeUndefined()
  })
})

describe('a server that hands tokens out', () => {
  beforeEach(() => {
    server.mode = 'mediated'
  })

  test('is refused, and the error names the import that helps', async () => {
    server.signIn('ann')
    const error = {
      code: 'invalid_configuration',
      message: expect.stringContaining('Import createBrowserTokens of @evergrant/browser itself'),
    }
    expect(await run(tab.tokens.load())).toMatchObject({ status: 'error', error })
    await expect(run(tab.tokens.fetch('vehicles'))).rejects.toMatchObject(error)
    await expect(run(tab.tokens.getAccessToken())).rejects.toMatchObject(error)
    expect(server.count('token')).toBe(0)
  })

  test('is refused at a sign-in as well', async () => {
    await expect(run(tab.tokens.signIn(ann))).rejects.toMatchObject({ code: 'invalid_configuration' })
    await clock.advance(1000)
    expect(tab.tokens.getSnapshot()).toMatchObject({ status: 'error' })
  })
})
