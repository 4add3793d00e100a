import type { BodyKind } from './bodies.ts'

/** One request, in the words of `fetch`. */
export interface ClientRequest {
  /** Absolute. */
  readonly url: string
  readonly method: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** What a client hands back, also for a status that it calls an error. */
export interface ClientAnswer {
  readonly status: number
  readonly text: string
}

/** A client with the adapter under test. */
export interface ClientUnderTest {
  /** Rejects where the client itself does: nothing was answered. */
  send(request: ClientRequest): Promise<ClientAnswer>
  /** Closes what the client keeps open. */
  close?(): Promise<void>
}

/** How a client is made, and what it can do. */
export interface DescribedClient<Source> {
  /** Makes a new client for each test. */
  readonly makeClient: (tokens: { readonly source: Source; readonly baseUrl: string }) => ClientUnderTest
  /** The bodies that it takes. Default: all but `json` and `node-stream`, as `fetch`. */
  readonly bodies?: readonly BodyKind[] | undefined
  /**
   * What becomes of a redirect to a foreign origin: the client follows it without the token, rejects, or hands the
   * redirect back. Default `followed`.
   */
  readonly foreignRedirects?: 'followed' | 'refused' | 'returned' | undefined
  /** Whether it follows redirects within the origin. Default true. */
  readonly followsRedirects?: boolean | undefined
  /** Whether the client itself refuses a URL with a password, and shows it. Default false. */
  readonly showsRefusedUrls?: boolean | undefined
}
