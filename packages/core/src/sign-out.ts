import { tombstone } from './commit.ts'
import type { Credential } from './credential.ts'
import { contended, mostConflicts } from './contended.ts'
import { isStoreError } from './errors/store-error.ts'
import { tryWrite } from './conditional-write.ts'
import { newRecord } from './new-record.ts'
import { endSession } from './session-end.ts'
import type { EndingTokens, SignOutResult } from './session-end.ts'
import type { TokenRecord } from './token-record.ts'

/**
 * Writes a tombstone, so that no process brings the session back, and then ends it at the provider. A configured API
 * key is not revoked. A sign-in that was started later stays.
 * @throws {StoreError} the tombstone could not be written: the session is still there, and calling again ends it
 */
export async function signOut(credential: Credential): Promise<SignOutResult> {
  const intent = credential.beginIntent()
  await credential.read()
  intent.startedFrom = credential.held?.record
  const ending = tokensOf(credential.held?.record) ?? credential.ending ?? {}
  for (let conflicts = 0; conflicts < mostConflicts; conflicts++) {
    if (credential.isPassed(intent)) return end(credential, ending)
    const record = credential.currentRecord() ?? newRecord(credential)
    const written = await tryWrite(credential, tombstone(record)).catch((error: unknown) => {
      // Perhaps it was written all the same: the next try still knows what to end, and no call uses it meanwhile.
      if (isStoreError(error)) credential.ending = ending
      credential.markStale()
      throw error
    })
    if (written === 'conflict') continue
    credential.commitIntent(intent)
    credential.keepGrant(undefined)
    return end(credential, ending)
  }
  throw contended('Sign out again.')
}

async function end(credential: Credential, ending: EndingTokens): Promise<SignOutResult> {
  credential.ending = undefined
  const result = await endSession(credential.environment, ending)
  credential.environment.emit({ type: 'signed-out', isSessionEnded: result.isSessionEnded })
  return result
}

function tokensOf(record: TokenRecord | undefined): EndingTokens | undefined {
  const accessToken = record?.access['']?.token
  const refreshToken = record?.refresh?.token
  return accessToken === undefined && refreshToken === undefined ? undefined : { accessToken, refreshToken }
}
