import type { Resource } from '@evergrant/core'
import type { ProviderOption } from './define-provider.ts'

/** The client id and secret of a provider. */
export function clientOptions(
  prefix: string,
  title: string,
  where?: string,
): [ProviderOption<'clientId'>, ProviderOption<'clientSecret'>] {
  return [
    {
      name: 'clientId',
      isRequired: true,
      isSecret: false,
      env: `${prefix}_CLIENT_ID`,
      kind: 'text',
      description: `the client id that ${title} issued`,
      where,
    },
    {
      name: 'clientSecret',
      isRequired: true,
      isSecret: true,
      env: `${prefix}_CLIENT_SECRET`,
      kind: 'text',
      description: `the client secret that ${title} issued`,
      where,
    },
  ]
}

/** The user name and password of one configured user. */
export function userOptions(
  prefix: string,
  whose: string,
  where?: string,
): [ProviderOption<'username'>, ProviderOption<'password'>] {
  return [
    {
      name: 'username',
      isRequired: true,
      isSecret: false,
      env: `${prefix}_USERNAME`,
      kind: 'text',
      description: `the user name of ${whose}`,
      where,
    },
    {
      name: 'password',
      isRequired: true,
      isSecret: true,
      env: `${prefix}_PASSWORD`,
      kind: 'text',
      description: `the password of ${whose}`,
      where,
    },
  ]
}

/** Where the API is. */
export function apiUrlOption(prefix: string, title: string, defaultValue?: string): ProviderOption<'apiUrl'> {
  return {
    name: 'apiUrl',
    isRequired: false,
    isSecret: false,
    env: `${prefix}_API_URL`,
    kind: 'url',
    description: `the base URL of the ${title} API, which fetch resolves paths against`,
    defaultValue,
  }
}

/** Another token endpoint: a staging system, or the emulator. */
export function tokenEndpointOption(prefix: string, defaultValue: string): ProviderOption<'tokenEndpoint'> {
  return {
    name: 'tokenEndpoint',
    isRequired: false,
    isSecret: false,
    env: `${prefix}_TOKEN_ENDPOINT`,
    kind: 'url',
    description: 'another token endpoint, such as a staging system',
    defaultValue,
  }
}

/** Plain http to another host than loopback. */
export function insecureHttpOption(prefix: string): ProviderOption<'allowInsecureHttp'> {
  return {
    name: 'allowInsecureHttp',
    isRequired: false,
    isSecret: false,
    env: `${prefix}_ALLOW_INSECURE_HTTP`,
    kind: 'flag',
    description: 'true to send credentials over plain http to another host than this machine',
    defaultValue: 'false',
  }
}

/** The resource below `apiUrl`; without it, what to say when somebody calls `fetch`. */
export function resourceAt(apiUrl: string | undefined, missing?: string): Resource {
  if (apiUrl === undefined) return { origins: [], missing }
  return { origins: [new URL(apiUrl).origin], baseUrl: withTrailingSlash(apiUrl) }
}

/** A base URL that relative paths resolve below. */
export function withTrailingSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`
}
