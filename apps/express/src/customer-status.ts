import type { RequestSession } from '@evergrant/server'
import { describeCredential } from './describe-credential.ts'
import type { CredentialStatus } from './describe-credential.ts'

/** What a browser may know about its own customer. */
export type CustomerStatus =
  | { readonly state: 'signed-out'; readonly message: string }
  | (CredentialStatus & {
      /** Absent together with the next: nobody is signed in any more, because TRAVIS refused to renew the session. */
      readonly username?: string | undefined
      /** Names this sign-in. No secret: it is of no use without the cookie. */
      readonly session?: string | undefined
    })

const nobody = 'Nobody is signed in from this browser, and until then no vehicle is fetched.'
const inMemory = 'Sign-ins are kept in memory only: after a restart of the gateway, please sign in again.'
const inStore = 'Whoever signs in at one of the gateways is signed in at all of them.'

/**
 * Tells how the customer of a session is. Asks no authorization server.
 * `isAlone`: no other gateway knows who signs in.
 * @throws {StoreError} the store is down
 */
export async function customerStatus(
  session: Pick<RequestSession, 'getState' | 'observe'>,
  isAlone: boolean,
): Promise<CustomerStatus> {
  const state = await session.getState()
  const tokens = await session.observe()
  if (tokens === undefined)
    return { state: 'signed-out', message: `${nobody} ${isAlone ? inMemory : inStore}` }
  const credential = describeCredential(tokens.explain(), { isConfigured: false })
  if (state.status === 'unauthenticated') return credential
  return { ...credential, username: state.username, session: state.signInId }
}
