import { copyForFetch } from '@evergrant/core/source'
import type { Replayable } from '@evergrant/core/source'
import { abortable } from './abortable.ts'

/**
 * Prepares what `fetch` was given for another URL and a possible replay. The body of a `Request` is read as a whole: not
 * every browser tells it as a stream, and not every one sends streams.
 */
export function bufferedRequest(
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Replayable> {
  return copyForFetch(input, init, async (request, members) => {
    const body = await abortable(members.signal ?? undefined, () => request.blob())
    return { canReplay: true, init: () => ({ ...members, ...(body.size > 0 && { body }) }) }
  })
}
