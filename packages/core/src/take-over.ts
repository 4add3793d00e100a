import type { Environment } from './environment.ts'
import { ConfigurationError } from './errors/configuration-error.ts'
import type { Held } from './held.ts'
import { shortHash } from './short-hash.ts'
import { isSameBinding, isSameConfiguration } from './token-record.ts'
import type { TokenRecord } from './token-record.ts'

/**
 * What becomes of a record that a store returned:
 * `hold`: it takes the place of what this process holds;
 * `hold-successor`: it was made under another configuration, and a new family is held in its place;
 * `keep-own`: the same, but this process already holds tokens of its configuration;
 * `keep-newer`: the store has fallen behind what it had acknowledged, and is to be told again.
 */
export type TakeOver = 'hold' | 'hold-successor' | 'keep-own' | 'keep-newer'

/** Decides that from the record, what this process holds, and its configuration. */
export function judgeTakeOver(
  record: TokenRecord,
  own: Held | undefined,
  { binding }: Pick<Environment, 'binding'>,
): TakeOver {
  if (isOfOtherConfiguration(record, binding)) {
    // It is written over when a token is due: not before, or two instances with different keys would write each other's
    // record over all the time.
    return own !== undefined && isSameConfiguration(own.record.binding, binding)
      ? 'keep-own'
      : 'hold-successor'
  }
  return isOutlived(record, own?.record) ? 'keep-newer' : 'hold'
}

/** A record without tokens that takes the place of one of another configuration: the same one in every process. */
export function successorOf(
  { generation, family }: TokenRecord,
  binding: TokenRecord['binding'],
): TokenRecord {
  const successor = `${family}+${shortHash(JSON.stringify(binding))}`
  return { schema: 1, binding, family: successor, generation: generation + 1, access: {} }
}

/** @throws {ConfigurationError} the record belongs to another server, client or user */
export function assertSameBinding(record: TokenRecord, { binding, key }: Environment): void {
  if (isSameBinding(record.binding, binding)) return
  throw new ConfigurationError(`The key "${key}" already holds a credential`, [
    'It belongs to another server, client or user. Give each credential a key of its own.',
  ])
}

// The API key or the scope was changed. A person's own sign-in and a sign-out stand all the same.
function isOfOtherConfiguration(record: TokenRecord, binding: TokenRecord['binding']): boolean {
  if (record.isPersons || record.signedOut) return false
  return !isSameConfiguration(record.binding, binding)
}

// A store that failed over may have lost a write that it had acknowledged.
function isOutlived(record: TokenRecord, own: TokenRecord | undefined): boolean {
  if (own === undefined || own.family !== record.family || record.signedOut) return false
  return record.generation < own.generation
}
