import { describe, expect, test } from 'vitest'

const digest = (): unknown => Reflect.get(Object.getPrototypeOf(crypto.subtle) as object, 'digest')
const untouched = digest()

describe('settle', () => {
  test('is imported without touching WebCrypto', async () => {
    await import('./index.ts')
    expect(digest()).toBe(untouched)
  })

  test('waits for WebCrypto, which the first virtual clock begins to count', async () => {
    const { settle, VirtualClock } = await import('./index.ts')
    const clock = new VirtualClock()
    expect(digest()).not.toBe(untouched)
    const state = { isDone: false }
    void crypto.subtle.digest('SHA-512', new Uint8Array(8_000_000)).then(() => (state.isDone = true))
    await settle()
    expect(state.isDone).toBe(true)
    expect(clock.pendingTimers).toBe(0)
  })

  test('counts each call once, however often it is used', async () => {
    const { settle } = await import('./index.ts')
    const counted = digest()
    await settle()
    expect(digest()).toBe(counted)
  })
})
