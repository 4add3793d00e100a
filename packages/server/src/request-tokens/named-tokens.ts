import { ConfigurationError } from '@evergrant/core/source'
import type { AccessTokenSource } from '@evergrant/core/source'

const inspectSymbol: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

/** Sources by name. */
export type NamedTokens = Readonly<Record<string, AccessTokenSource>>

/**
 * Makes the object behind `req.tokens`; `label` is what messages call it. A reader runs whenever its name is read.
 * Unknown names are refused, and printing shows nothing but names.
 */
export function namedTokens(
  readers: ReadonlyMap<string, () => AccessTokenSource>,
  label: string,
): NamedTokens {
  const names = [...readers.keys()]
  const show = (): object => Object.fromEntries(names.map(name => [name, '[access token source]']))
  // Without a prototype: `constructor` and `__proto__` are unknown names like any other.
  const target = Object.create(null) as Record<string | symbol, AccessTokenSource>
  for (const [name, read] of readers) {
    Object.defineProperty(target, name, { get: read, enumerable: true })
  }
  Object.defineProperty(target, 'toJSON', { value: show })
  Object.defineProperty(target, inspectSymbol, { value: show })
  Object.defineProperty(target, Symbol.toPrimitive, { value: () => `[${label}: ${names.join(', ')}]` })
  return new Proxy(Object.freeze(target), {
    get: (held, name) => {
      // Runtimes and loggers probe for symbols, and `await` for `then`; only a name that somebody wrote is a mistake.
      if (typeof name === 'symbol' || name in held) return held[name]
      if (name === 'then') return undefined
      const known = names.length === 0 ? 'There is none.' : `Known: ${names.join(', ')}.`
      throw new ConfigurationError(`${label} has no "${name}"`, [`${known} accessTokens({ … }) names them.`])
    },
  })
}
