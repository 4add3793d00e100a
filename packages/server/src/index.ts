export { createApiProxyHandler } from './api-proxy/api-proxy-handler.ts'
export type { ApiProxyContext, ApiProxyHandler } from './api-proxy/api-proxy-handler.ts'
export type { ApiProxyOptions, ProxyTokenSource } from './api-proxy/api-proxy-options.ts'
export { createAuthHandler } from './auth-handler.ts'
export type { AuthHandler, AuthHandlerOptions, AuthRequestContext } from './auth-handler.ts'
export { errorAnswer, outlineError } from './error-answer.ts'
export type { ErrorAnswerOptions, ErrorOutline } from './error-answer.ts'
export { cookieHeaderAfter } from './cookie-header.ts'
export type { CookieChange } from './cookie-header.ts'
export { createEventRoute } from './event-route.ts'
export type { EventRouteOptions } from './event-route.ts'
export type { EventSourceManager } from './event-stream.ts'
export { createRequestTokens } from './request-tokens/request-tokens.ts'
export type { NamedSources, RequestTokensOf } from './request-tokens/request-tokens.ts'
export type { NamedTokens } from './request-tokens/named-tokens.ts'
export type { ServedRequest, SessionsOf, SourceOf } from './request-tokens/source-finder.ts'
export { sessionAt } from './place-session.ts'
export type { PlaceSession } from './place-session.ts'
export { tokensAt } from './place-tokens.ts'
export type { PlaceTokens } from './place-tokens.ts'
export { checkBrowserRequest, originProblems, requestHeaderName, signInHeaderName } from './request-guard.ts'
export type { GuardedRequest, Refusal, RequestGuardOptions } from './request-guard.ts'
export type { RequestPlace } from './request-place.ts'
export type {
  RequestLike,
  RequestSession,
  SessionCookie,
  SessionObserver,
  SessionSource,
  SessionState,
  SignInCredentials,
  SignInOptions,
} from './request-session.ts'
export { isSessionSource } from './session-source.ts'
export { createSessions } from './sessions.ts'
export type { Sessions } from './sessions.ts'
export type { SessionCookieOptions, SessionsOptions } from './session-options.ts'
export { createTicketSource } from './ticket-source.ts'
export { createTicketedTokens } from './ticketed-tokens.ts'
export type {
  OpenedTicket,
  SessionTicket,
  TicketedTokens,
  TicketedTokensOptions,
  TicketSignIn,
} from './ticketed-tokens.ts'
