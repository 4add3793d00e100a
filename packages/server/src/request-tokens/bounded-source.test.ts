import { createTokenManager, memoryStore } from '@evergrant/core'
import type { AccessTokenSource, GetAccessTokenOptions } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import { truphone } from '@evergrant/providers'
import { VirtualClock } from '@evergrant/testing'
import { describe, expect, test, vi } from 'vitest'
import { boundedSource } from './bounded-source.ts'

/** A request that is served until its client leaves. */
class FakeRequest {
  readonly #controller = new AbortController()
  readonly signal = vi.fn(() => this.#controller.signal)
  readonly leave = (): void => this.#controller.abort()
}

interface Seen {
  signal: AbortSignal | null | undefined
}

/** A source that notes the signal of each call. */
function recordingSource(): AccessTokenSource & { readonly seen: Seen; getTokenSet: unknown } {
  const seen: Seen = { signal: undefined }
  const note = async (options?: GetAccessTokenOptions): Promise<string> => {
    seen.signal = options?.signal
    return 'fake-access-token'
  }
  const source = {
    seen,
    getAccessToken: note,
    getTokenSet: note,
    authorize: async (request: { url: string | URL }, options?: GetAccessTokenOptions) => {
      await note(options)
      return { url: String(request.url), headers: new Headers() }
    },
    settle: () => 'done' as const,
    fetch: async (_input: unknown, init?: RequestInit) => {
      seen.signal = init?.signal
      return new Response()
    },
    variant: (): AccessTokenSource => source,
  }
  return source
}

const calls: Readonly<
  Record<string, (source: ReturnType<typeof recordingSource>, signal?: AbortSignal) => unknown>
> = {
  getAccessToken: (source, signal) => source.getAccessToken({ signal }),
  getTokenSet: (source, signal) => (source.getTokenSet as (options: object) => unknown)({ signal }),
  authorize: (source, signal) => source.authorize({ url: 'https://a.example', method: 'GET' }, { signal }),
  fetch: (source, signal) => source.fetch('https://a.example', signal && { signal }),
  'a variant': (source, signal) => source.variant({}).getAccessToken({ signal }),
}

describe.each(Object.entries(calls))('%s', (_name, call) => {
  test('ends when the client leaves', async () => {
    const request = new FakeRequest()
    const source = recordingSource()
    await call(boundedSource(source, request.signal))
    expect(source.seen.signal?.aborted).toBe(false)
    request.leave()
    expect(source.seen.signal?.aborted).toBe(true)
  })

  test('with a signal of its own does not', async () => {
    const request = new FakeRequest()
    const source = recordingSource()
    const { signal } = new AbortController()
    await call(boundedSource(source, request.signal), signal)
    expect(source.seen.signal).toBe(signal)
    expect(request.signal).not.toHaveBeenCalled()
  })
})

test('fetch without any signal is written as null', async () => {
  const request = new FakeRequest()
  const source = recordingSource()
  await boundedSource(source, request.signal).fetch('https://a.example', { signal: null })
  expect(source.seen.signal).toBeNull()
})

test.each(['its own signal', 'the client'])('a Request ends with %s', async end => {
  const controller = new AbortController()
  const request = new FakeRequest()
  const source = recordingSource()
  const asked = new Request('https://a.example', { signal: controller.signal })
  await boundedSource(source, request.signal).fetch(asked)
  expect(source.seen.signal?.aborted).toBe(false)
  if (end === 'the client') request.leave()
  else controller.abort()
  expect(source.seen.signal?.aborted).toBe(true)
})

test('the signal is asked for by calls, and not before', async () => {
  const served = new FakeRequest()
  const source = boundedSource(recordingSource(), served.signal)
  expect(served.signal).not.toHaveBeenCalled()
  for (const call of Object.values(calls)) await call(source)
  expect(served.signal).toHaveBeenCalledTimes(Object.keys(calls).length)
})

test('a token manager stays whole behind it: methods, getters and private fields', async () => {
  const clock = new VirtualClock()
  const emulator = createEmulator({ now: clock.wall })
  const { clientId, clientSecret } = emulator.truphone.credentials
  const shared = { clock, fetch: emulator.fetch, store: memoryStore({ clock }) }
  const manager = createTokenManager(truphone({ clientId, clientSecret }), shared)
  const wrapped = boundedSource(manager, new FakeRequest().signal)
  const token = await wrapped.getAccessToken()
  expect(await manager.getAccessToken()).toBe(token)
  expect((await wrapped.fetch('sims?per_page=1')).status).toBe(200)
  expect((await wrapped.getTokenSet()).accessToken).toBe(token)
  expect(wrapped).toBeInstanceOf(manager.constructor)
  expect(wrapped.constructor).toBe(manager.constructor)
  expect([wrapped.key, wrapped.getSnapshot()]).toEqual([manager.key, manager.getSnapshot()])
  expect(wrapped.explain).toBe(manager.explain)
  expect(() => wrapped.rest()).not.toThrow()
  const { subscribe } = wrapped
  const heard = vi.fn()
  subscribe(heard)
  await clock.advance(400_000)
  await wrapped.getAccessToken()
  expect(heard).toHaveBeenCalled()
  await wrapped[Symbol.asyncDispose]()
  await expect(manager.getAccessToken()).rejects.toThrow('disposed')
})

test('getters over private fields are read of the source itself', () => {
  class Counting {
    #count = 0
    get count(): number {
      return (this.#count += 1)
    }
  }
  const source = Object.assign(new Counting(), recordingSource())
  const wrapped = boundedSource(source, new FakeRequest().signal)
  expect([wrapped.count, source.count, wrapped.count]).toEqual([1, 2, 3])
})

test('it cannot be changed, and a frozen source is fine', async () => {
  const source = Object.freeze(recordingSource())
  const wrapped = boundedSource(source, new FakeRequest().signal)
  expect(await wrapped.getAccessToken()).toBe('fake-access-token')
  expect(() => Object.assign(wrapped, { getAccessToken: () => 'other' })).toThrow(TypeError)
  expect(() => Object.assign(wrapped, { seen: 1 })).toThrow(TypeError)
})
