const longestBufferedBytes = 1_048_576

/** One request, ready to be sent twice if its body allows. */
export interface Replayable {
  /** The init of the first or only attempt, or of the replay. */
  init(): RequestInit
  readonly canReplay: boolean
}

/**
 * Prepares what `fetch` was given for a possible replay. Strings, forms, blobs and buffers can be sent again; the body
 * of a Request is kept up to 1 MiB; a stream is sent once.
 */
export async function replayable(
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Replayable> {
  if (input instanceof Request && init?.body === undefined) return replayableRequest(input, init)
  const merged = input instanceof Request ? { ...membersOf(input), ...init } : { ...init }
  const canReplay = !(merged.body instanceof ReadableStream)
  return { canReplay, init: () => ({ ...merged, ...(canReplay ? {} : { duplex: 'half' }) }) }
}

async function replayableRequest(request: Request, init: RequestInit | undefined): Promise<Replayable> {
  const members = { ...membersOf(request), ...init }
  if (request.body === null) return { canReplay: true, init: () => members }
  const reader = request.body.getReader()
  const chunks: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { canReplay: true, init: () => ({ ...members, body: new Blob(chunks as BlobPart[]) }) }
    chunks.push(value)
    bytes += value.byteLength
    if (bytes > longestBufferedBytes) {
      const body = resumed(chunks, reader)
      return { canReplay: false, init: () => ({ ...members, body, duplex: 'half' }) as RequestInit }
    }
  }
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

function membersOf(request: Request): RequestInit {
  const {
    method,
    headers,
    signal,
    credentials,
    cache,
    mode,
    redirect,
    referrer,
    referrerPolicy,
    integrity,
    keepalive,
  } = request
  // `navigate` cannot be passed to fetch, and Node.js has no referrer to speak of.
  const passed = {
    method,
    headers,
    signal,
    credentials,
    cache,
    redirect,
    referrerPolicy,
    integrity,
    keepalive,
  }
  return { ...passed, ...(mode !== 'navigate' && { mode }), ...(referrer !== 'about:client' && { referrer }) }
}
