import type { VariantOptions } from './access-token-source.ts'
import type { AuthorizationBase } from './authorization.ts'
import { ConfigurationError } from './errors/configuration-error.ts'

/** The scope and resource of a narrowed credential; both absent for the credential itself. */
export interface Variant {
  readonly scope?: string | undefined
  readonly resource?: string | undefined
}

/** Names a variant in a record: the requested scope and resource, since servers echo what they like. */
export function variantKey({ scope, resource }: Variant): string {
  const normalized = [...new Set(scopeWords(scope))].toSorted().join(' ')
  return new URLSearchParams([
    ...(normalized ? [['scope', normalized]] : []),
    ...(resource ? [['resource', resource]] : []),
  ] as [string, string][]).toString()
}

/** The parameters that ask for a variant. @see RFC 6749 §3.3, RFC 8707 §2 */
export function variantParameters({ scope, resource }: Variant): Record<string, string> {
  const words = scopeWords(scope)
  return { ...(words.length > 0 && { scope: words.join(' ') }), ...(resource && { resource }) }
}

/** @throws {ConfigurationError} a refresh at this server ends the other access tokens, or an option is no string */
export function assertVariant(options: VariantOptions, { provider, server }: AuthorizationBase): void {
  const problems: string[] = []
  for (const name of ['scope', 'resource'] as const) {
    const value: unknown = options?.[name]
    if (value !== undefined && typeof value !== 'string') problems.push(`${name} must be a string.`)
  }
  if (server.refreshKillsAccessToken) {
    problems.push(
      'A refresh at this server ends the access tokens of all variants, so there can be only one.',
    )
  }
  if (problems.length > 0) throw new ConfigurationError(`${provider} cannot be narrowed`, problems)
}

function scopeWords(scope: string | undefined): string[] {
  return scope?.split(/\s+/).filter(Boolean) ?? []
}
