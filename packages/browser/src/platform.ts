/** The part of `BroadcastChannel` that is used. */
export interface TabChannel {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  postMessage(message: unknown): void
  close(): void
}

/** The part of `navigator.locks` that is used. */
export interface TabLocks {
  request<T>(
    name: string,
    options: { readonly mode?: 'exclusive' | 'shared'; readonly signal?: AbortSignal },
    callback: () => Promise<T>,
  ): Promise<T>
  query(): Promise<{ readonly held?: readonly { readonly name?: string | undefined }[] | undefined }>
}

/** The part of `window` that is used: its events, and whether anybody looks at the page. */
export interface PageEvents {
  addEventListener(type: string, listener: (event: PageEvent) => void): void
  removeEventListener(type: string, listener: (event: PageEvent) => void): void
  readonly document?: { readonly visibilityState: string } | undefined
}

/** An event of the page; `persisted` says that the page went into the back-forward cache, or came out of it. */
export interface PageEvent {
  readonly type: string
  readonly persisted?: boolean | undefined
}

interface Globals {
  readonly location?: { readonly href: string }
  readonly navigator?: { readonly locks?: TabLocks }
  readonly BroadcastChannel?: new (name: string) => TabChannel
  readonly window?: PageEvents
}

/** What the page offers, looked up when it is needed: none of it exists where a server renders. */
export const globals: Globals = globalThis
