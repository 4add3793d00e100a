/** The environment variables that configure one real provider, by what they say. */
export interface Settings {
  readonly client: readonly string[]
  /** Who the client acts for: a user, or an API key. */
  readonly credentials: readonly string[]
  readonly server: readonly string[]
  readonly api: readonly string[]
}

interface Option {
  readonly name: string
  readonly env?: string | undefined
}

const meanings: Readonly<Record<keyof Settings, readonly string[]>> = {
  client: ['clientId', 'clientSecret'],
  credentials: ['username', 'password', 'apiKey'],
  server: ['tokenEndpoint', 'baseUrl'],
  api: ['apiUrl', 'baseUrl'],
}

/** Sorts a provider's variables by their meaning: those that are set, because a default is nobody's mistake. */
export function settingsOf(
  options: readonly Option[],
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const named = (names: readonly string[]): string[] =>
    options.flatMap(({ name, env: variable = '' }) =>
      names.includes(name) && (env[variable] ?? '') !== '' ? [variable] : [],
    )
  return {
    client: named(meanings.client),
    credentials: named(meanings.credentials),
    server: named(meanings.server),
    api: named(meanings.api),
  }
}

const suspects: Readonly<Record<string, readonly (keyof Settings)[]>> = {
  // Also what a wrong base URL looks like: something answers there, and knows no such client.
  client_misconfigured: ['client', 'server'],
  credentials_rejected: ['credentials'],
  network_error: ['server'],
  network_timeout: ['server'],
  malformed_response: ['server'],
  api_unreachable: ['api'],
  api_unreadable: ['api'],
  api_not_found: ['api'],
}

/** Says which variables to look at after a failure with that code; empty: the configuration is not to blame. */
export function settingsAdvice(code: string, settings: Settings | undefined): string {
  const names = [
    ...new Set(
      (Object.hasOwn(suspects, code) ? (suspects[code] ?? []) : []).flatMap(kind => settings?.[kind] ?? []),
    ),
  ]
  if (names.length === 0) return ''
  const last = names.pop() ?? ''
  const list = names.length === 0 ? last : `${names.join(', ')} and ${last}`
  return ` See ${list} in the environment; start the gateway again after a change.`
}
