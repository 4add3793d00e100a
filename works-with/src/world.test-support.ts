import { clientCredentials, clientSecretPost, createTokenManager } from '@evergrant/core'
import type { TokenManager } from '@evergrant/core'
import { VirtualClock } from '@evergrant/testing'

/** An authorization server whose tokens count up, an API behind it, and a manager for both. No port is opened. */
export interface World {
  readonly clock: VirtualClock
  readonly tokens: TokenManager
  /** The API's base URL. */
  readonly baseUrl: string
  /** How many access tokens were issued. */
  readonly issued: () => number
  /** The Authorization header of every request that reached the API. */
  readonly seen: string[]
  /** Makes the API refuse the tokens that were issued so far. */
  readonly revoke: () => void
  /** Only the newest token is good, and only for 300 s. */
  readonly isGood: (header: string | null) => boolean
}

export const baseUrl = 'https://api.example.test/v1/'

/** `api` answers requests whose token is good; the others get 401. */
export function createWorld(api: (request: Request) => Response | Promise<Response>): World {
  const clock = new VirtualClock()
  const seen: string[] = []
  let count = 0
  let firstGood = 1
  let issuedAt = 0
  const isGood = (header: string | null): boolean => {
    const number = Number(/^Bearer fake-token-(\d+)$/.exec(header ?? '')?.[1] ?? 0)
    return number === count && number >= firstGood && clock.wall() < issuedAt + 300_000
  }
  const send: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    if (request.url === 'https://as.example.test/token') {
      count += 1
      issuedAt = clock.wall()
      return Response.json({ access_token: `fake-token-${count}`, token_type: 'Bearer', expires_in: 300 })
    }
    const header = request.headers.get('authorization')
    seen.push(header ?? '')
    return isGood(header) ? api(request) : new Response('refused', { status: 401 })
  }
  const tokens = createTokenManager(
    {
      provider: 'works-with',
      server: { tokenEndpoint: 'https://as.example.test/token' },
      client: { clientId: 'works-with', authentication: clientSecretPost('fake-secret') },
      grant: clientCredentials(),
      resource: { baseUrl, origins: [new URL(baseUrl).origin] },
    },
    { fetch: send, clock },
  )
  return {
    clock,
    tokens,
    baseUrl,
    isGood,
    issued: () => count,
    seen,
    revoke: () => {
      firstGood = count + 1
    },
  }
}

/**
 * What every library must get right: it works, still works when the token has expired, and when it is refused early; for
 * all callers together with one token request each time. `call` rejects where the answer is no success.
 */
export async function outlives(world: World, call: () => Promise<unknown>): Promise<void> {
  await call()
  await world.clock.advance(301_000)
  await Promise.all([call(), call(), call()])
  if (world.issued() !== 2) throw new Error(`An expiry caused ${world.issued() - 1} token requests.`)
  await world.clock.advance(60_000)
  world.revoke()
  await Promise.all([call(), call(), call()])
  if (world.issued() !== 3) throw new Error(`A refusal caused ${world.issued() - 2} token requests.`)
  await world.tokens.dispose()
}
