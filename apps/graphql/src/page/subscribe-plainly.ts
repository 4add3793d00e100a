import type { LiveClient } from './live-client.ts'
import type { PositionSink } from './fleet-client.ts'
import type { PositionAnswer } from './operations.ts'

/** A GraphQL result as the two protocols bring it. */
interface PlainResult {
  readonly data?: unknown
  readonly errors?: readonly { readonly message: string }[] | undefined
}

/** Subscribes without any library above the protocol's own. Returns the function that ends it. */
export function subscribePlainly({ client }: LiveClient, query: string, sink: PositionSink): () => void {
  return client.subscribe<PositionAnswer>(
    { query },
    {
      next: (result: PlainResult) => {
        if (result.errors?.length) sink.error(new Error(result.errors[0]?.message))
        else sink.next(result.data as PositionAnswer)
      },
      error: sink.error,
      complete: sink.complete,
    },
  )
}
