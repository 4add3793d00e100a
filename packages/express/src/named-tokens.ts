import { ConfigurationError } from '@evergrant/core/source'
import type { AccessTokenSource } from '@evergrant/core/source'

const inspectSymbol: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

/** Makes the object behind `req.tokens`: it reads lazily, refuses unknown names, and prints nothing but names. */
export function namedTokens(
  readers: ReadonlyMap<string, () => AccessTokenSource>,
): Readonly<Record<string, AccessTokenSource>> {
  const names = [...readers.keys()]
  const show = (): object => Object.fromEntries(names.map(name => [name, '[access token source]']))
  const target: Record<string, AccessTokenSource> = {}
  for (const [name, get] of readers) Object.defineProperty(target, name, { get, enumerable: true })
  Object.defineProperty(target, 'toJSON', { value: show })
  Object.defineProperty(target, inspectSymbol, { value: show })
  return new Proxy(Object.freeze(target), {
    get: (held, name) => {
      // Runtimes and loggers probe for symbols, and `await` for `then`; only a name that somebody wrote is a mistake.
      if (typeof name === 'symbol' || name in held) return Reflect.get(held, name) as unknown
      if (name === 'then') return undefined
      const known = names.length === 0 ? 'There is none.' : `Known: ${names.join(', ')}.`
      throw new ConfigurationError(`req.tokens has no "${name}"`, [
        `${known} accessTokens({ … }) names them.`,
      ])
    },
  })
}
