import type { Clock } from '@evergrant/core'
import type { GraphQLError, GraphQLSchema } from 'graphql'
import { createYoga } from 'graphql-yoga'
import type { Plugin, YogaServerInstance } from 'graphql-yoga'
import { cutStream } from './cut-stream.ts'
import { refusalOf } from './refusal.ts'
import { createApiSchema, unauthenticated } from './schema.ts'
import type { ApiContext } from './schema.ts'
import { bearerOf } from './token-check.ts'
import type { CheckToken } from './token-check.ts'
import type { Upstreams } from './upstreams.ts'

/** Options of {@link createGraphQLApi}. */
export interface GraphQLApiOptions {
  readonly upstreams: Upstreams
  readonly check: CheckToken
  readonly clock: Clock
  /** Between two positions, in milliseconds. Default 400. */
  readonly positionEveryMs?: number | undefined
  /** The origins whose pages may ask, looked at with each request. Default none. */
  readonly pageOrigins?: readonly string[] | undefined
  /** Receives what nobody expected. Default: nothing happens. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** The GraphQL server as a function of requests, and what its WebSocket side needs. */
export interface GraphQLApi {
  readonly yoga: YogaServerInstance<object, ApiContext>
  readonly schema: GraphQLSchema
  /** Makes the context of one token's operations; undefined: the token is not taken. `cut` ends the connection. */
  readonly contextOf: (accessToken: string | undefined, cut: () => void) => Promise<ApiContext | undefined>
}

const requests = new WeakMap<Request, { readonly context: ApiContext; readonly end: AbortSignal }>()

/** Creates a resource server: every operation needs an access token of a TRAVIS customer. @see RFC 6750 */
export function createGraphQLApi(options: GraphQLApiOptions): GraphQLApi {
  const { upstreams, check, clock, positionEveryMs = 400, pageOrigins = [], onError = () => {} } = options
  const schema = createApiSchema({ upstreams, clock, positionEveryMs })
  const contextOf: GraphQLApi['contextOf'] = async (accessToken, cut) => {
    const customer = await check(accessToken)
    if (customer === undefined) return undefined
    return {
      customer,
      check: async () => {
        if ((await check(accessToken)) !== undefined) return
        cut()
        throw unauthenticated()
      },
    }
  }
  const guard: Plugin = {
    onRequest: async event => {
      const { request, url } = event
      if (request.method === 'OPTIONS') return
      const end = new AbortController()
      const token = bearerOf(request.headers.get('authorization'))
      const context = await contextOf(token, () => end.abort())
      if (context === undefined) event.endResponse(refusalOf(url.searchParams.get('refusals')))
      else requests.set(request, { context, end: end.signal })
    },
    onResponse: event => {
      const { request, response } = event
      const end = requests.get(request)?.end
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
      if (isStream && end && response.body) event.setResponse(cutStream(response, response.body, end))
    },
  }
  const yoga = createYoga<object, ApiContext>({
    schema,
    plugins: [guard],
    context: ({ request }) => requests.get(request)?.context as ApiContext,
    // Yoga would let everybody in by an empty list.
    cors: () =>
      pageOrigins.length > 0 && {
        origin: [...pageOrigins],
        methods: ['POST'],
        allowedHeaders: ['authorization', 'content-type', 'accept'],
        credentials: false,
        maxAge: 600,
      },
    graphiql: false,
    landingPage: false,
    multipart: false,
    maxRequestBodySize: 65_536,
    logging: {
      debug: ignore,
      info: ignore,
      warn: ignore,
      error: error => {
        if (!isExpected(error)) onError(error)
      },
    },
  })
  return { yoga, schema, contextOf }
}

function ignore(): void {}

// A token that has ended and a note that is too long are everyday life here; faults have no code of ours.
function isExpected(error: unknown): boolean {
  const { extensions } = Object(error) as Partial<GraphQLError>
  return ['UNAUTHENTICATED', 'BAD_USER_INPUT'].includes(String(extensions?.['code']))
}
