import { afterEach } from 'vitest'
import { ApiServers } from './api-servers.ts'
import type { ClientAnswer, ClientRequest, ClientUnderTest, DescribedClient } from './client-under-test.ts'
import { TokenServer } from './core-under-test.ts'
import type { CoreUnderTest, TokensUnderTest } from './core-under-test.ts'

/** What one test works with. */
export interface Bench<Source> {
  readonly api: ApiServers
  readonly tokenServer: TokenServer
  readonly source: Source
  /** The options of the request beside its path below the API. A POST, unless it is told otherwise. */
  readonly send: (path: string, request?: Partial<ClientRequest>) => Promise<ClientAnswer>
  /** Another client, with tokens of its own. */
  readonly another: () => Pick<Bench<Source>, 'send' | 'source'>
  /** Refuses the current token, and lets so much time pass that nobody holds back the next refresh. */
  readonly refuseCurrentToken: () => Promise<string>
}

/** Makes the benches of a suite; each is closed after its test. */
export function createBenches<Source extends TokensUnderTest>(
  core: CoreUnderTest<Source>,
  { makeClient }: DescribedClient<Source>,
): () => Promise<Bench<Source>> {
  const closing: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  return async () => {
    const tokenServer = new TokenServer()
    const api = new ApiServers(tokenServer.issued)
    await api.start()
    closing.push(() => api.close())
    const client = (): Pick<Bench<Source>, 'send' | 'source'> => {
      const source = tokenServer.manage(core, api.baseUrl)
      const made = makeClient({ source, baseUrl: api.baseUrl })
      closing.unshift(async () => made.close?.())
      return { source, send: (path, request) => send(made, api, path, request) }
    }
    const refuseCurrentToken = async (): Promise<string> => {
      const token = await first.source.getAccessToken()
      api.refused.add(token)
      await tokenServer.clock.advance(120_000)
      return token
    }
    const first = client()
    return { ...first, api, tokenServer, another: client, refuseCurrentToken }
  }
}

function send(
  client: ClientUnderTest,
  { baseUrl }: ApiServers,
  path: string,
  request: Partial<ClientRequest> = {},
): Promise<ClientAnswer> {
  return client.send({
    method: 'POST',
    body: '{"query":"{ answer }"}',
    ...request,
    url: new URL(path, baseUrl).href,
  })
}
