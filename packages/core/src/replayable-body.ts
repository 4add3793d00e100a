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
  const own = definedMembers(init)
  // As in fetch: a body of null leaves the body of the Request in place.
  if (input instanceof Request && own.body == null) return replayableRequest(input, own)
  const merged = input instanceof Request ? { ...membersOf(input), ...own } : own
  const canReplay = isReplayable(merged.body)
  return { canReplay, init: () => ({ ...merged, ...(canReplay ? {} : { duplex: 'half' }) }) }
}

function definedMembers(init: RequestInit = {}): RequestInit {
  return Object.fromEntries(Object.entries(init).filter(([, value]) => value !== undefined))
}

// What is not known to give the same bytes twice (streams, Node.js streams, async iterables) is sent once.
function isReplayable(body: unknown): boolean {
  if (body === undefined || body === null || typeof body === 'string' || ArrayBuffer.isView(body)) return true
  return [URLSearchParams, FormData, Blob, ArrayBuffer].some(
    replayableClass => body instanceof replayableClass,
  )
}

async function replayableRequest(
  request: Request,
  { body: _body, ...init }: RequestInit,
): Promise<Replayable> {
  const members = { ...membersOf(request), ...init }
  if (request.body === null) return { canReplay: true, init: () => members }
  const reader = request.body.getReader()
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
