import { None } from 'oauth4webapi'
import type { ClientAuthentication } from './client-authentication.ts'
import { fromOauth4webapi } from './from-oauth4webapi.ts'

/**
 * A public client: sends its id and proves nothing.
 * @see RFC 6749 §3.2.1
 */
export function none(): ClientAuthentication {
  return fromOauth4webapi('none', None(), [])
}
