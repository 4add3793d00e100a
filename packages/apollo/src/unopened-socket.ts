/**
 * Makes a class of WebSockets that opens none while `failure` tells why not: graphql-ws takes a connection that fails as an
 * error, but for a URL that cannot be had it would wait forever.
 */
export function openedUnless(
  given: unknown,
  failure: () => { readonly error: unknown } | undefined,
): typeof WebSocket | undefined {
  const platform = (given ?? globalThis.WebSocket) as typeof WebSocket | undefined
  return (
    platform &&
    new Proxy(platform, {
      construct(target, parameters) {
        const failed = failure()
        return failed
          ? new UnopenedSocket(failed.error)
          : (Reflect.construct(target, parameters) as WebSocket)
      },
    })
  )
}

/** What graphql-ws needs of a connection that fails at once. */
class UnopenedSocket {
  /** Closed. */
  readonly readyState = 3
  onerror: ((error: unknown) => void) | undefined

  constructor(error: unknown) {
    queueMicrotask(() => this.onerror?.(error))
  }

  close(): void {}
}
