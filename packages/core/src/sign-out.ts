import { tombstone } from './commit.ts'
import type { Credential } from './credential.ts'
import { StoreError } from './errors/store-error.ts'
import { compareAndSet, mostConflicts, newRecord } from './record-writer.ts'
import { endSession } from './session-end.ts'
import type { SignOutResult } from './session-end.ts'

/**
 * Writes a tombstone, so that no process brings the session back, and then ends it at the provider. A configured API
 * key is not revoked.
 * @throws {StoreError} the tombstone could not be written: the session is still there
 */
export async function signOut(credential: Credential): Promise<SignOutResult> {
  const intent = credential.beginIntent()
  for (let conflicts = 0; conflicts < mostConflicts; conflicts++) {
    await credential.read()
    const record = credential.currentRecord() ?? newRecord(credential)
    const tokens = { accessToken: record.access['']?.token, refreshToken: record.refresh?.token }
    if (!(await compareAndSet(credential, tombstone(record)))) continue
    credential.commitIntent(intent)
    credential.keepGrant(undefined)
    const result = await endSession(credential.environment, tokens)
    credential.environment.emit({ type: 'signed-out', isSessionEnded: result.isSessionEnded })
    return result
  }
  throw new StoreError('The token record is written by others all the time. Sign out again.')
}
