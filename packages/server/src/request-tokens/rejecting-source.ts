import type { AccessTokenSource } from '@evergrant/core/source'

/** A source whose every call rejects with `error`. Whatever else is read of it throws the error. */
export function rejectingSource(error: unknown): AccessTokenSource {
  const reject = async (): Promise<never> => {
    throw error
  }
  const source = { getAccessToken: reject, getTokenSet: reject, authorize: reject, fetch: reject }
  const whole = { ...source, settle: () => 'done' as const, variant: (): AccessTokenSource => rejecting }
  const rejecting: AccessTokenSource = new Proxy(Object.freeze(whole), {
    get: (held, name) => {
      // Runtimes and loggers probe for these.
      if (typeof name === 'symbol' || name in held) return Reflect.get(held, name)
      if (name === 'then' || name === 'toJSON') return undefined
      throw error
    },
  })
  return rejecting
}
