import type { BundledProgram } from './bundle-size.ts'

const browser = `export { createBrowserTokens } from '@evergrant/browser'`
const proxy = `export { createBrowserTokens } from '@evergrant/browser/proxy'`
const react = `export * from '@evergrant/react'`
const oneGrant = `export { clientCredentials, clientSecretPost, createTokenManager } from '@evergrant/core'`
const waist = /^@evergrant\/core/
const page = [/^react(?:-dom)?(?:\/|$)/]
const graphql = [/^@apollo\/client/, /^@urql\//, /^graphql/, /^rxjs/, /^wonka/, /^@graphql-typed/]

/** An adapter alone, and with the part of core that a page with `@evergrant/browser` has already. */
function adapter(
  name: string,
  exported: string,
  external: readonly RegExp[],
  [budgetBytes, aloneBytes, limitBytes]: readonly [number, number, number],
): BundledProgram[] {
  const program = `export { ${exported} } from '@evergrant/${name}'`
  return [
    { title: name, program, external: [...external, waist], budgetBytes, limitBytes: aloneBytes },
    { title: `${name}, with the waist of core`, program, external, budgetBytes, limitBytes },
  ]
}

/** Everything whose size is watched. Peers are measured beside ours, and have no limit of ours. */
export const bundledPrograms: readonly BundledProgram[] = [
  {
    title: 'core, one grant, oauth4webapi included',
    program: oneGrant,
    platform: 'node',
    budgetBytes: 11_000,
    limitBytes: 26_913,
  },
  { title: 'browser', program: browser, limitBytes: 10_087 },
  { title: 'browser/proxy', program: proxy, limitBytes: 7048 },
  {
    title: 'browser and react',
    program: `${browser}\n${react}`,
    external: page,
    budgetBytes: 4000,
    limitBytes: 11_074,
  },
  {
    title: 'browser/proxy and react',
    program: `${proxy}\n${react}`,
    external: page,
    budgetBytes: 4000,
    limitBytes: 8061,
  },
  ...adapter('apollo', 'accessTokenLink', graphql, [1200, 1140, 1240]),
  {
    title: 'apollo/ws, with the waist of core',
    program: `export { accessTokenSocket } from '@evergrant/apollo/ws'`,
    external: graphql,
    limitBytes: 1680,
  },
  {
    title: 'apollo/sse, with the waist of core',
    program: `export { accessTokenEvents, eventsLink } from '@evergrant/apollo/sse'`,
    external: graphql,
    limitBytes: 2920,
  },
  ...adapter('axios', 'attachAccessToken', [/^axios$/], [1000, 1015, 3900]),
  ...adapter('urql', 'accessTokenAuth', graphql, [1000, 940, 1345]),
  ...adapter('graphql-request', 'accessTokenConfig', graphql, [1000, 110, 1370]),
]

export const peers: readonly Omit<BundledProgram, 'limitBytes'>[] = [
  {
    title: 'axios-auth-refresh 5.0.2',
    program: `export { createAuthRefresh } from 'axios-auth-refresh'`,
    external: [/^axios$/],
  },
  {
    title: '@urql/exchange-auth 3.0.0',
    program: `export { authExchange } from '@urql/exchange-auth'`,
    external: [/^@urql\/core/, /^wonka/, /^graphql/],
  },
  {
    title: 'react-oauth2-code-pkce 1.24.0',
    program: `export { AuthProvider, AuthContext } from 'react-oauth2-code-pkce'`,
    external: page,
  },
  { title: 'oidc-client-ts 3.5.0', program: `export { UserManager } from 'oidc-client-ts'` },
  { title: 'openid-client 6.8.9', program: `export * from 'openid-client'`, platform: 'node' },
]
