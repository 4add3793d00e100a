import { ConfigurationError } from './errors/configuration-error.ts'
import { flightsOf } from './single-flight.ts'
import type { TokenStore } from './store.ts'
import { isSameBinding, isSameConfiguration } from './token-record.ts'
import type { Binding } from './token-record.ts'

/**
 * Claims a key for a credential as long as a manager uses it. Two managers of one key must mean the same credential:
 * otherwise one would hand out the other's token. Returns a function that gives the key back.
 * @throws {ConfigurationError} another manager uses the key for another server, client, grant or user
 */
export function claimKey(store: TokenStore, key: string, binding: Binding): () => void {
  const { bindings } = flightsOf(store)
  const known = bindings.get(key)
  if (known && !(isSameBinding(known.binding, binding) && isSameConfiguration(known.binding, binding))) {
    throw new ConfigurationError(`The key "${key}" is in use`, [
      'Another manager uses it for another server, client, grant or user. Give each credential a key of its own.',
    ])
  }
  const entry = known ?? { binding, users: 0 }
  entry.users++
  bindings.set(key, entry)
  return () => {
    if (--entry.users === 0 && bindings.get(key) === entry) bindings.delete(key)
  }
}
