import type { Credential } from './credential.ts'
import { newId } from './environment.ts'
import type { TokenRecord } from './token-record.ts'

/** A new record: nothing obtained yet. */
export function newRecord({ environment }: Credential, family?: string): TokenRecord {
  const { binding, random } = environment
  return { schema: 1, binding, family: family ?? newId(random), familyAgeMs: 0, generation: 0, access: {} }
}
