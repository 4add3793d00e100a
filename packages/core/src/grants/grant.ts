/** One way to obtain the first access token. The values are functions and data; the secrets stay in closures. */
export interface Grant {
  /** The `grant_type` on the wire. */
  readonly grantType: string
  /** Whether the grant can be used again without a person: yes from configuration, no for a typed-in password. */
  readonly isRepeatable: boolean
  /** Whether a refusal means that somebody's credentials are wrong, so that a second try may lock an account. */
  readonly presentsCredentials: boolean
  /** Whether the server forgets the grant once it is used, so that only one process may try at a time. */
  readonly needsClaim: boolean
  /** Whether `signIn` may keep the grant for later: only a callback, which holds no password itself. Default false. */
  readonly outlivesSignIn?: boolean | undefined
  /** Says what the server refused and what to do, for `credentials_rejected`. */
  readonly refusalAdvice: string
  /** Names the identity behind the grant (a user name). Not a secret, but hashed in keys. Absent: not known. */
  readonly subject?: string | undefined
  /** Names the secret that the grant holds (an API key), without telling it: another one is another credential. */
  readonly seed?: string | undefined
  /** Space-separated scope that the grant asks for: a wider one is another credential. */
  readonly scope?: string | undefined
  /** Changes when the credentials change; without it the engine compares a slow, salted hash. */
  readonly credentialVersion?: string | undefined
  /** The parameters of one token request, called right before it is sent. */
  parameters(): Promise<GrantParameters>
}

/** The parameters of a token request, and which of their values must never be seen. */
export interface GrantParameters {
  readonly values: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}
