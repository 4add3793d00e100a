import type { AccessTokenSource, GetAccessTokenOptions } from '@evergrant/core/source'

/** A source that can also tell about its tokens, as token managers and sessions do. */
type Telling = Partial<Record<'getTokenSet', (options?: GetAccessTokenOptions) => Promise<unknown>>>

/**
 * The same source for one request: calls that bring no signal of their own end with `signal`, which is asked for at each
 * of them. An exchange that others share goes on. Everything else of the source is reached through it as it is.
 */
export function boundedSource<Source extends AccessTokenSource>(
  source: Source,
  signal: () => AbortSignal,
): Source {
  const { getTokenSet } = source as Telling
  const bounded = <Options extends { readonly signal?: AbortSignal | undefined }>(
    options?: Options,
  ): Options => ({ ...options, signal: options?.signal ?? signal() }) as Options
  const own: Partial<AccessTokenSource> & Telling = {
    getAccessToken: options => source.getAccessToken(bounded(options)),
    authorize: (request, options) => source.authorize(request, bounded(options)),
    fetch: (input, init) => source.fetch(input, { ...init, signal: signalOf(input, init, signal) }),
    variant: options => boundedSource(source.variant(options), signal),
    ...(getTokenSet && { getTokenSet: options => getTokenSet.call(source, bounded(options)) }),
  }
  return inFrontOf(source, own)
}

// `null` is the platform's way to say: without any signal.
function signalOf(
  input: Parameters<typeof fetch>[0],
  init: RequestInit | undefined,
  signal: () => AbortSignal,
): AbortSignal | null {
  if (init?.signal !== undefined) return init.signal
  return input instanceof Request ? AbortSignal.any([input.signal, signal()]) : signal()
}

/** Puts some methods in front of an object. Its getters and methods run on itself: copies have no private fields. */
function inFrontOf<Target extends object>(target: Target, own: Readonly<Record<string, unknown>>): Target {
  const front = Object.create(target, Object.getOwnPropertyDescriptors(own)) as Target
  return new Proxy(Object.freeze(front), {
    get: (held, name) => {
      if (Object.hasOwn(held, name)) return Reflect.get(held, name)
      const value: unknown = Reflect.get(target, name, target)
      const isInherited = typeof value === 'function' && !Object.hasOwn(target, name)
      return isInherited && name !== 'constructor' ? value.bind(target) : value
    },
  })
}
