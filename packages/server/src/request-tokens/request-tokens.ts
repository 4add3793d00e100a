import { ConfigurationError } from '@evergrant/core/source'
import type { AccessTokenSource } from '@evergrant/core/source'
import { namedTokens } from './named-tokens.ts'
import type { NamedTokens } from './named-tokens.ts'
import { sourceFinder } from './source-finder.ts'
import type { ServedRequest, SourceOf } from './source-finder.ts'

/** What finds the source of each name. */
export type NamedSources<FrameworkRequest> = Readonly<
  Record<string, SourceOf<AccessTokenSource, FrameworkRequest> | undefined>
>

/** Makes the tokens of one request; names of `earlier` stay where they are not given anew. */
export type RequestTokensOf<FrameworkRequest> = (
  served: ServedRequest<FrameworkRequest>,
  earlier?: NamedTokens,
) => NamedTokens

/**
 * Makes what gives each request of a framework its tokens by name, for the `accessTokens` of adapters. `label` is what
 * messages call the object, such as `req.tokens`.
 * It fetches nothing by itself and keeps no state of its own. A source is found when its name is first read, that of
 * `{ users, subject }` at every reading. Reading an unknown name throws a `ConfigurationError` that lists the known ones.
 * @throws {ConfigurationError} a value is no source and finds none, or a name is reserved
 */
export function createRequestTokens<FrameworkRequest>(
  sources: NamedSources<FrameworkRequest>,
  label: string,
): RequestTokensOf<FrameworkRequest> {
  const finders = Object.entries(sources).map(([name, given]) => {
    assertName(name)
    return [name, sourceFinder<FrameworkRequest>({ name, label }, given)] as const
  })
  return (served, earlier = {}) => {
    const readers = new Map(
      Object.keys(earlier).map(name => [name, () => earlier[name] as AccessTokenSource]),
    )
    for (const [name, find] of finders) readers.set(name, find(served))
    return namedTokens(readers, label)
  }
}

function assertName(name: string): void {
  if (name !== 'then' && name !== 'toJSON' && !(name in Object.prototype)) return
  throw new ConfigurationError('accessTokens got a reserved name', [`Call "${name}" something else.`])
}
