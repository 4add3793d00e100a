import { isStoreError } from '@evergrant/core'
import type { TokenManager, TokenStore } from '@evergrant/core'
import { settle, VirtualClock } from '@evergrant/testing'
import { expect, test } from 'vitest'
import { lifetimeMs, ModelServer } from './model-server.test-support.ts'
import { ModelStore } from './model-store.test-support.ts'
import { scheduledTokens, signInGrant } from './scheduled-tokens.test-support.ts'

// What the schedules have found, one by one. A replay ends the family here.

class Scene {
  readonly clock = new VirtualClock()
  readonly server = new ModelServer('ends the family')
  readonly store = new ModelStore(() => this.clock.monotonic())
  /** Tells the process that was made last that something may have changed. */
  hint = (): void => undefined
  #answersAfter: Promise<void> | undefined
  #processes = 0

  /** A process with a store object of its own; `store` says what differs. */
  process(store: Partial<TokenStore> = {}): TokenManager {
    const seed = ++this.#processes
    const own: TokenStore = {
      read: async () => this.store.read(),
      write: async (_key, payload, options) => this.store.write(payload, options, String(seed)),
      watch: listener => {
        this.hint = () => listener(undefined)
        return { [Symbol.dispose]: () => undefined }
      },
    }
    const server = async (parameters: URLSearchParams): Promise<Response> => {
      const response = this.server.answer(parameters)
      await this.#answersAfter
      return response
    }
    return scheduledTokens({ clock: this.clock, store: { ...own, ...store }, server, seed })
  }

  /** The server acts at once, but its answers wait until the function that this returns is called. */
  holdAnswers(): () => void {
    let release = (): void => undefined
    this.#answersAfter = new Promise(resolve => (release = resolve))
    return () => release()
  }

  expire(): Promise<void> {
    return this.clock.advance(lifetimeMs + 1000)
  }
}

test('F7 a process whose first exchange loses its claim in a failover does not redeem twice', async () => {
  const scene = new Scene()
  await scene.process().signIn(signInGrant)
  await scene.expire()
  const answer = scene.holdAnswers()
  const cold = scene.process()
  const first = cold.getAccessToken()
  await settle()
  scene.store.fallBack(1)
  const second = cold.getAccessToken()
  await settle()
  answer()
  const both = await scene.clock.runUntil(Promise.allSettled([first, second]))
  expect(scene.server.replays).toBe(0)
  expect(both).toMatchObject([{ value: 'fake-access-2' }, { value: 'fake-access-2' }])
})

test('F7 a late acknowledgement of what a failover has lost does not cost the new refresh token', async () => {
  const scene = new Scene()
  await scene.process().signIn(signInGrant)
  let acknowledge: (() => void) | undefined
  const tokens = scene.process({
    write: async (_key, payload, options) => {
      const result = scene.store.write(payload, options, 'late')
      const isFirstCommit = payload.includes('fake-refresh-2') && acknowledge === undefined
      if (isFirstCommit) await new Promise<void>(resolve => (acknowledge = resolve))
      return result
    },
  })
  await tokens.load()
  await scene.expire()
  const first = tokens.getAccessToken()
  await settle()
  scene.store.fallBack(2)
  scene.hint()
  const second = tokens.getAccessToken()
  await settle()
  acknowledge?.()
  expect(await scene.clock.runUntil(Promise.all([first, second]))).toEqual(['fake-access-2', 'fake-access-2'])
  await scene.expire()
  expect(await scene.clock.runUntil(tokens.getAccessToken())).toBe('fake-access-3')
  expect(scene.server.replays).toBe(0)
})

test('F7 a lost write that a process has noticed is written again before another one is due', async () => {
  const scene = new Scene()
  const other = scene.process()
  await other.signIn(signInGrant)
  const tokens = scene.process()
  await scene.expire()
  expect(await tokens.getAccessToken()).toBe('fake-access-2')
  scene.store.fallBack(2)
  scene.hint()
  // This call looks, and sees the older generation.
  expect(await tokens.getAccessToken()).toBe('fake-access-2')
  await scene.clock.advance(10_000)
  expect(await scene.clock.runUntil(other.getAccessToken())).toBe('fake-access-2')
  expect(scene.server.replays).toBe(0)
})

test('F3 a commit that stays unanswered does not take the place of what a sibling has written since', async () => {
  const scene = new Scene()
  const other = scene.process()
  await other.signIn(signInGrant)
  let link: 'whole' | 'cut' | 'mended' = 'whole'
  const tokens = scene.process({
    write: async (_key, payload, options) => {
      if (link === 'cut') throw new Error('The connection was lost.')
      const result = scene.store.write(payload, options, 'cut')
      if (link === 'mended' || !payload.includes('fake-refresh-2')) return result
      link = 'cut'
      throw new Error('The connection was lost after the write.')
    },
  })
  await tokens.load()
  await scene.expire()
  const call = tokens.getAccessToken()
  await scene.clock.advance(6000)
  expect(await scene.clock.runUntil(other.getAccessToken())).toBe('fake-access-2')
  expect(await scene.clock.runUntil(other.getAccessToken({ forceRefresh: true }))).toBe('fake-access-3')
  scene.hint()
  await scene.clock.runUntil(Promise.allSettled([tokens.getAccessToken(), call]))
  await scene.clock.advance(30_000)
  link = 'mended'
  await scene.expire()
  expect(await scene.clock.runUntil(tokens.getAccessToken())).toBe('fake-access-4')
  expect(scene.server.replays).toBe(0)
})

/** Another process claims while this one prepares a refresh; a look that a hint caused brings the claim, so much later. */
async function lookDuringRefresh(ticks: number): Promise<Scene> {
  const scene = new Scene()
  const other = scene.process()
  await other.signIn(signInGrant)
  const answers: (() => void)[] = []
  let isSlow = false
  const tokens = scene.process({
    read: async () => {
      const stored = scene.store.read()
      if (isSlow) await new Promise<void>(resolve => void answers.push(resolve))
      return stored
    },
  })
  await tokens.load()
  await scene.expire()
  const answer = scene.holdAnswers()
  isSlow = true
  const calls = [tokens.getAccessToken()]
  await settle()
  calls.push(other.getAccessToken())
  await settle()
  scene.hint()
  calls.push(tokens.getAccessToken())
  await settle()
  isSlow = false
  const [refreshing, looking] = answers
  refreshing?.()
  for (let tick = 0; tick < ticks; tick++) await Promise.resolve()
  looking?.()
  await settle()
  answer()
  await scene.clock.runUntil(Promise.allSettled(calls))
  return scene
}

test('F1 a claim is respected, whenever a look brings it while a refresh is being prepared', async () => {
  for (let ticks = 0; ticks < 20; ticks++) {
    const { server } = await lookDuringRefresh(ticks)
    expect(server.replays, `${ticks} ticks later`).toBe(0)
  }
})

test('F46 a store that cannot be read at the first call is no reason to ask for a person', async () => {
  const down = (): Promise<never> => Promise.reject(new Error('down'))
  const tokens = new Scene().process({ read: down, write: down })
  const error = await tokens.getAccessToken().catch((reason: unknown) => reason)
  expect(isStoreError(error), String(error)).toBe(true)
})
