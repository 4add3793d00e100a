import type { AuthorizationBase } from './authorization.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import type { Grant } from './grants/grant.ts'

/**
 * Checks an authorization before anything is sent, and names every fault at once.
 * @throws {ConfigurationError} a URL is no URL, or plain http to another host than loopback without being allowed
 */
export function validateAuthorization(
  authorization: AuthorizationBase & { readonly grant?: Grant | undefined },
): void {
  checkShape(authorization)
  const { server, client, resource, provider } = authorization
  const problems: string[] = []
  if (typeof provider !== 'string' || provider === '') problems.push('provider must be a short name.')
  const allowsHttp = server.allowInsecureHttp ?? false
  const urls: Record<string, string | undefined> = {
    tokenEndpoint: server.tokenEndpoint,
    revocationEndpoint: server.revocationEndpoint,
    'sessionEnd.url': server.sessionEnd?.url,
    sessionInfoEndpoint: server.sessionInfoEndpoint,
    introspectionEndpoint: server.introspectionEndpoint,
    userinfoEndpoint: server.userinfoEndpoint,
    jwksUri: server.jwksUri,
    'resource.baseUrl': resource.baseUrl,
  }
  if (!server.tokenEndpoint) problems.push('tokenEndpoint must be an absolute URL.')
  for (const [name, url] of Object.entries(urls))
    if (url) problems.push(...urlProblems(name, url, allowsHttp))
  for (const origin of resource.origins) problems.push(...originProblems(origin, allowsHttp))
  const { method } = client.authentication
  if (method !== 'anonymous' && !client.clientId) problems.push(`clientId is required with ${method}.`)
  if (method.endsWith('_jwt') && !server.issuer)
    problems.push(`issuer is required with ${method}: it is the audience.`)
  if (problems.length > 0)
    throw new ConfigurationError(`${provider || 'The authorization'} cannot work`, problems)
}

// Without these nothing else can be checked: what came is no authorization at all.
function checkShape(
  authorization: (Partial<AuthorizationBase> & { readonly grant?: Grant | undefined }) | undefined,
): void {
  const { server, client, resource, grant } = authorization ?? {}
  const problems: string[] = []
  if (typeof server !== 'object') problems.push('server must be an object with the tokenEndpoint.')
  else if (server.rotation !== undefined && typeof server.rotation !== 'object') {
    problems.push("server.rotation must be an object such as { mode: 'rotating' }.")
  }
  if (typeof client?.authentication?.authenticate !== 'function') {
    problems.push(
      'client must be an object with the clientId and an authentication, such as clientSecretPost(secret).',
    )
  }
  if (!Array.isArray(resource?.origins)) problems.push('resource must be an object with origins, an array.')
  if (grant !== undefined && typeof grant?.parameters !== 'function') {
    problems.push('grant must be a grant, such as clientCredentials().')
  }
  if (problems.length === 0) return
  problems.push('The functions of @evergrant/providers make authorizations that are complete.')
  throw new ConfigurationError('This is no authorization', problems)
}

// A path would promise a narrower limit than an origin is.
function originProblems(origin: string, allowsInsecureHttp: boolean): string[] {
  const problems = urlProblems('resource.origins', origin, allowsInsecureHttp)
  if (problems.length > 0 || `${new URL(origin).origin}/` === new URL(origin).href) return problems
  return ['resource.origins must hold origins such as https://api.example.com, without a path or query.']
}

/** Says what is wrong with a URL from the configuration; an empty list: nothing. */
export function urlProblems(name: string, value: string, allowsInsecureHttp: boolean): string[] {
  if (!URL.canParse(value)) return [`${name} must be an absolute URL such as https://api.example.com/.`]
  const { protocol, hostname, username, password } = new URL(value)
  if (value.includes('#')) return [`${name} must not have a fragment (#…).`]
  if (username !== '' || password !== '') return [`${name} must not hold a user name or password.`]
  if (protocol === 'https:') return []
  if (protocol !== 'http:') return [`${name} must be an https URL.`]
  if (allowsInsecureHttp || isLoopback(hostname)) return []
  return [`${name} must be an https URL; plain http to ${hostname} needs allowInsecureHttp: true.`]
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  )
}
