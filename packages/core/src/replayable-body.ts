import { copyForFetch } from './request-copy.ts'
import type { Replayable } from './request-copy.ts'

const longestBufferedBytes = 1_048_576

/**
 * Prepares what `fetch` was given for a possible replay. Strings, forms, blobs and buffers can be sent again; the body
 * of a Request is kept up to 1 MiB; a stream is sent once.
 */
export function replayable(
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Replayable> {
  return copyForFetch(input, init, replayableRequest)
}

async function replayableRequest(request: Request, members: RequestInit): Promise<Replayable> {
  // Firefox has no `Request.body`.
  const stream = request.body === undefined ? await readWhole(request) : request.body
  if (stream === null) return { canReplay: true, init: () => members }
  const reader = stream.getReader()
  const leave = (): void => void reader.cancel().catch(() => undefined)
  members.signal?.addEventListener('abort', leave, { once: true })
  try {
    const { chunks, isWhole } = await readAhead(reader)
    // An abort ends the body early: what was read of it must not pass for the whole.
    members.signal?.throwIfAborted()
    if (isWhole)
      return { canReplay: true, init: () => ({ ...members, body: new Blob([...chunks] as BlobPart[]) }) }
    const body = resumed(chunks, reader)
    return { canReplay: false, init: () => ({ ...members, body, duplex: 'half' }) as RequestInit }
  } finally {
    members.signal?.removeEventListener('abort', leave)
  }
}

async function readWhole(request: Request): Promise<ReadableStream<Uint8Array> | null> {
  const blob = await request.blob()
  return blob.size > 0 ? blob.stream() : null
}

async function readAhead(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<{ readonly chunks: readonly Uint8Array[]; readonly isWhole: boolean }> {
  const chunks: Uint8Array[] = []
  for (let bytes = 0; bytes <= longestBufferedBytes;) {
    const { done, value } = await reader.read()
    if (done) return { chunks, isWhole: true }
    chunks.push(value)
    bytes += value.byteLength
  }
  return { chunks, isWhole: false }
}

/** What was read already, and then the rest. */
function resumed(
  chunks: readonly Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> {
  const buffered = [...chunks]
  return new ReadableStream({
    async pull(controller) {
      const chunk = buffered.shift()
      if (chunk) return controller.enqueue(chunk)
      const { done, value } = await reader.read()
      return done ? controller.close() : controller.enqueue(value)
    },
    cancel: reason => reader.cancel(reason),
  })
}
