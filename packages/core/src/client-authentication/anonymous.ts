import type { ClientAuthentication } from './client-authentication.ts'

/** No client at all: the server wants no client id (TrafficStars). */
export function anonymous(): ClientAuthentication {
  return { method: 'anonymous', secrets: [], authenticate() {} }
}
