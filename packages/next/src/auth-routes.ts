import { createAuthHandler } from '@evergrant/server'
import type { AuthHandlerOptions, SessionSource } from '@evergrant/server'
import { connection } from 'next/server.js'

/** Options of {@link createAuthRoutes}. */
export interface AuthRoutesOptions extends AuthHandlerOptions {
  /**
   * Tells the client's IP address, for the limit of tries per address: `request => request.headers.get('x-real-ip') ?? undefined`
   * where a proxy of yours sets that header on every request. Absent: only the tries per account are limited, because
   * anybody can send such a header.
   */
  readonly clientAddress?: ((request: Request) => string | undefined) | undefined
}

/** What `app/api/auth/[...path]/route.ts` exports. */
export interface AuthRoutes {
  readonly GET: (request: Request) => Promise<Response>
  readonly POST: (request: Request) => Promise<Response>
}

/**
 * Makes the auth routes, for `app/api/auth/[...path]/route.ts`: `POST sign-in`, `POST sign-out`, `GET session` and, with
 * `tokenMediation`, `POST token`. They are never prerendered, and no cache stores their answers.
 * @throws {ConfigurationError} `sessions` is no source of sessions, or an option cannot work
 * @see RFC 10017 §6.1, §6.2
 * @example
 * export const { GET, POST } = createAuthRoutes(sessions)
 */
export function createAuthRoutes(
  sessions: SessionSource,
  { clientAddress, ...options }: AuthRoutesOptions = {},
): AuthRoutes {
  const handle = createAuthHandler(sessions, options)
  const route = async (request: Request): Promise<Response> => {
    await connection()
    return handle(request, { clientAddress: clientAddress?.(request) })
  }
  return { GET: route, POST: route }
}
