import type { Server } from 'node:http'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import type { GraphQLApi } from './graphql-api.ts'
import type { ApiContext } from './schema.ts'
import { bearerOf } from './token-check.ts'

/** A socket whose token is not taken any more is closed with this code: graphql-ws' own for "Forbidden". */
const forbidden = 4403

/** How often the token of an open socket is looked at, in milliseconds. */
const lookEveryMs = 500

/** Options of {@link serveWebSockets}. */
export interface WebSocketApiOptions {
  readonly server: Server
  readonly api: GraphQLApi
  readonly path: string
  /** Whose pages may connect. */
  readonly isPageOrigin: (origin: string | undefined) => boolean
}

/**
 * Serves subscriptions over WebSocket. The token comes once, with the connection, and is looked at as long as the socket is
 * open. Returns the function that closes everything.
 */
export function serveWebSockets({
  server,
  api,
  path,
  isPageOrigin,
}: WebSocketApiOptions): () => Promise<void> {
  const sockets = new WebSocketServer({
    server,
    path,
    maxPayload: 65_536,
    verifyClient: ({ origin }: { readonly origin?: string }) => isPageOrigin(origin),
  })
  const contexts = new WeakMap<object, ApiContext>()
  const serving = useServer(
    {
      schema: api.schema,
      context: ({ extra }) => contexts.get(extra.socket),
      onConnect: async ({ connectionParams, extra }) => {
        const { socket } = extra
        const token = bearerOf(connectionParams?.['Authorization'])
        const context = await api.contextOf(token, () => socket.close(forbidden, 'Forbidden'))
        if (context === undefined) return false
        contexts.set(socket, context)
        // It has told the client by itself.
        const look = setInterval(() => void context.check().catch(() => undefined), lookEveryMs)
        socket.once('close', () => clearInterval(look))
        return true
      },
    },
    sockets,
  )
  return async () => {
    for (const socket of sockets.clients) socket.terminate()
    await serving.dispose()
  }
}
