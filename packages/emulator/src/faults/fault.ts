/** Which requests a fault meets, and how often. A request must fulfil every member that is there. */
export interface FaultTarget {
  /** `token`: the token endpoint (default). `api`: the resource API. `all`: every request to the provider. */
  readonly on?: 'token' | 'api' | 'all' | undefined
  /** Only requests to the token endpoint with this grant type. */
  readonly grantType?: string | undefined
  /** How many requests it spoils before it is used up. Default 1; without end where `share` or `forMs` is given. */
  readonly times?: number | undefined
  /**
   * The probability, from 0 to 1, with which it spoils a request that it meets; default 1. The same
   * `EmulatorOptions.seed` makes the same choice at the same provider.
   */
  readonly share?: number | undefined
  /** For how long it lasts, in milliseconds of the emulator's clock; default without end. `times` still counts. */
  readonly forMs?: number | undefined
}

/** Refuses with any status; the server does not act. Without `body` the answer has none; an object becomes JSON. */
export interface StatusFault {
  readonly kind: 'status'
  /** 200 to 599. */
  readonly status: number
  readonly body?: string | object | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Holds the request back for `ms` milliseconds; then the server acts, even if the client has given up by then. */
export interface DelayFault {
  readonly kind: 'delay'
  readonly ms: number
}

/**
 * Breaks the connection `before` or `after` the server acted. After: the token is issued, and only the answer is
 * lost.
 */
export interface ResetFault {
  readonly kind: 'reset'
  readonly when: 'before' | 'after'
}

/**
 * Acts, then spoils the answer. `html`: 200 with a web page in its place. `truncated-json`: status and headers are
 * real, but the second half of the body is missing. `empty`: 200 and no body.
 */
export interface SpoiledAnswerFault {
  readonly kind: 'html' | 'truncated-json' | 'empty'
}

/**
 * Answers 200 with `{"error": …}`, as GitHub does; the server does not act. `error` defaults to
 * `temporarily_unavailable`.
 */
export interface ErrorInside200Fault {
  readonly kind: 'error-in-200'
  readonly error?: string | undefined
}

/**
 * Redirects; the server does not act. Whoever follows to the same origin gets the real answer, however long the fault
 * lasts; the foreign origin answers 404, and the journal shows who went there. `status` defaults to 307.
 */
export interface RedirectFault {
  readonly kind: 'redirect'
  readonly to: 'same-origin' | 'foreign-origin'
  readonly status?: 301 | 302 | 303 | 307 | 308 | undefined
}

/** Acts, then sends the real answer at `bytesPerSecond` (default 1; 0.001 to 1,000,000,000). */
export interface SlowBodyFault {
  readonly kind: 'slow-body'
  readonly bytesPerSecond?: number | undefined
}

/**
 * Answers 200 with JSON that is too much; the server does not act. `endless-body` never ends; `gzip-bomb` is about
 * 194 kB on the wire and 200 MB decoded.
 */
export interface OversizedFault {
  readonly kind: 'endless-body' | 'gzip-bomb'
}

/** A way to misbehave, and the requests it meets. */
export type Fault = FaultTarget &
  (
    | StatusFault
    | DelayFault
    | ResetFault
    | SpoiledAnswerFault
    | ErrorInside200Fault
    | RedirectFault
    | SlowBodyFault
    | OversizedFault
  )

/** The name of a way to misbehave. */
export type FaultKind = Fault['kind']

/** One added fault. */
export interface FaultHandle {
  /** How many requests it has spoiled so far. */
  readonly applied: number
  /** Takes the fault away; the count stays. */
  remove(): void
}

/** A fault for people to look at; plain data. */
export interface FaultDescription {
  readonly kind: FaultKind
  readonly on: 'token' | 'api' | 'all'
  readonly grantType?: string
  readonly applied: number
  /** How many more requests it will spoil; `Infinity` without end. */
  readonly remaining: number
  readonly share: number
  /** When it ends, in epoch milliseconds of the emulator's clock. */
  readonly untilAt?: number
}

/** The faults of one provider. */
export interface Faults {
  /**
   * Adds a fault. Faults are tried in the order they were added, and the first that meets a request spoils it; a
   * `delay` combines with the next one that meets it.
   * @throws {TypeError} the fault is malformed; the message names every member that is wrong
   */
  add(fault: Fault): FaultHandle
  /** Takes every fault away. */
  clear(): void
  /** Returns the faults that are still in force, in their order. */
  list(): readonly FaultDescription[]
}
