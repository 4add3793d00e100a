// WebCrypto works on the platform's own threads, which no virtual clock controls and nothing lists. Counting its calls
// is the only way to know that none is under way.
let pending = 0

const operations = [
  'sign',
  'verify',
  'digest',
  'deriveBits',
  'deriveKey',
  'importKey',
  'exportKey',
  'generateKey',
  'encrypt',
  'decrypt',
]
const subtle = Object.getPrototypeOf(crypto.subtle) as Record<
  string,
  (...args: unknown[]) => Promise<unknown>
>
const counted: unique symbol = Symbol.for('@evergrant/testing:counted') as never

/**
 * Begins to count WebCrypto's calls, once. Those that began earlier are never waited for, so whatever will wait calls this
 * when it is made.
 */
export function countPlatformWork(): void {
  for (const name of operations) {
    const original = subtle[name]
    if (original === undefined || counted in original) continue
    const wrapper = function (this: unknown, ...args: unknown[]): Promise<unknown> {
      pending++
      return original.apply(this, args).finally(() => void pending--)
    }
    Object.defineProperty(wrapper, counted, { value: true })
    subtle[name] = wrapper
  }
}

const quietTurns = 4

/**
 * Waits until what is running has come to rest: promises, and WebCrypto on its own threads. Takes turns of the real
 * event loop and never sleeps.
 */
export async function settle(): Promise<void> {
  countPlatformWork()
  for (let quiet = 0; quiet < quietTurns;) {
    await new Promise<void>(resolve => setImmediate(resolve))
    quiet = pending === 0 ? quiet + 1 : 0
  }
}
