export { accessTokenEvents } from './access-token-events.ts'
export type { AccessTokenEventsOptions } from './access-token-events.ts'
export { eventsLink } from './events-link.ts'
export type { ExpiryClock, ExpiringSource } from './expiry-watch.ts'
