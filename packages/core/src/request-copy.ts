/** One request, ready to be sent twice if its body allows. */
export interface Replayable {
  /** The init of the first or only attempt, or of the replay. */
  init(): RequestInit
  readonly canReplay: boolean
}

/** Makes a `Request` ready, whose other members are given. */
export type CopyRequest = (request: Request, members: RequestInit) => Promise<Replayable>

/** Prepares what `fetch` was given for another URL and a possible replay. What is a `Request`, `copyRequest` reads. */
export async function copyForFetch(
  input: string | URL | Request,
  init: RequestInit | undefined,
  copyRequest: CopyRequest,
): Promise<Replayable> {
  const own = definedMembers(init)
  const merged = input instanceof Request ? { ...membersOf(input), ...own } : own
  const { body, ...members } = merged
  // As in fetch: a body of null leaves the body of the Request in place.
  if (input instanceof Request && body == null) return copyRequest(input, members)
  const canReplay = isReplayable(body)
  return { canReplay, init: () => ({ ...merged, ...(canReplay ? {} : { duplex: 'half' }) }) }
}

function definedMembers(init: RequestInit = {}): RequestInit {
  return Object.fromEntries(Object.entries(init).filter(([, value]) => value !== undefined))
}

/** Tells whether a body gives the same bytes twice: streams of any kind do not, nor does what is not known. Pure. */
export function isReplayable(body: unknown): boolean {
  if (body === undefined || body === null || typeof body === 'string' || ArrayBuffer.isView(body)) return true
  return [URLSearchParams, FormData, Blob, ArrayBuffer].some(
    replayableClass => body instanceof replayableClass,
  )
}

const copiedMembers = [
  'method',
  'headers',
  'signal',
  'credentials',
  'cache',
  'redirect',
  'referrerPolicy',
  'integrity',
  'keepalive',
] as const

function membersOf(request: Request): RequestInit {
  const { mode, referrer } = request
  // `navigate` cannot be passed to fetch, and Node.js has no referrer to speak of.
  return {
    ...Object.fromEntries(copiedMembers.map(name => [name, request[name]])),
    ...(mode !== 'navigate' && { mode }),
    ...(referrer !== 'about:client' && { referrer }),
  }
}
