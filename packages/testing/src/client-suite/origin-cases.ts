import { expect, test } from 'vitest'
import type { ReceivedRequest } from './api-servers.ts'
import type { Bench } from './bench.ts'
import type { DescribedClient } from './client-under-test.ts'
import type { CoreUnderTest, TokensUnderTest } from './core-under-test.ts'
import { isCausedBy } from './is-caused-by.ts'

const redirectCodes = [301, 302, 303, 307, 308]

/** The places of a request where a credential may stand. */
const places: readonly (readonly [string, (received: ReceivedRequest) => unknown])[] = [
  ['Authorization', ({ headers }) => headers.authorization],
  ['Proxy-Authorization', ({ headers }) => headers['proxy-authorization']],
  ['Cookie', ({ headers }) => headers.cookie],
  ['any other header', ({ headers: { authorization: _a, cookie: _c, ...others } }) => others],
  ['the URL', ({ url }) => url],
  ['the body', ({ body }) => body],
]
const matrix = redirectCodes.flatMap(status => places.map(([place, read]) => ({ status, place, read })))

/** Tokens go to the API alone, whatever URL is given and wherever a redirect leads. */
export function testOrigins<Source extends TokensUnderTest>(
  createBench: () => Promise<Bench<Source>>,
  core: CoreUnderTest<Source>,
  {
    foreignRedirects = 'followed',
    followsRedirects = true,
    showsRefusedUrls = false,
  }: DescribedClient<Source>,
): void {
  test('C38 C39 F27 refuses the URL of another origin before anything is sent', async () => {
    const { api, tokenServer, send } = await createBench()
    const error = await send(api.foreignUrl).catch((thrown: unknown) => thrown)
    expect(isCausedBy(error, core.isOriginNotAllowedError)).toBe(true)
    expect([api.foreign.length, api.received.length, tokenServer.requests]).toEqual([0, 0, 0])
  })

  test.skipIf(showsRefusedUrls)('C86 names no query and no password of a URL that it refuses', async () => {
    const { api, send } = await createBench()
    const url = api.foreignUrl.replace('://', '://zoe:fake-password@')
    const error = await send(`${url}?secret=fake-secret`).catch((thrown: unknown) => thrown)
    expect(String(error)).not.toMatch(/fake-(?:password|secret)/)
    expect(api.foreign).toEqual([])
  })

  test.each(matrix)(
    'C38 F26 a $status to a foreign origin leaves no token in $place',
    async ({ status, read }) => {
      const { api, tokenServer, source, send } = await createBench()
      // A new token is not refreshed at once, whatever is said of it: this one is old enough.
      await source.getAccessToken()
      await tokenServer.clock.advance(120_000)
      const sent = send(api.redirectTo(`${api.foreignUrl}landing`, status))
      const answer = await sent.catch((error: unknown) => error)
      expect(api.received).toHaveLength(1)
      expect(api.foreign).toHaveLength(foreignRedirects === 'followed' ? 1 : 0)
      if (foreignRedirects === 'refused') expect(isCausedBy(answer, core.isOriginNotAllowedError)).toBe(true)
      else expect((answer as { status: number }).status).toBe(foreignRedirects === 'followed' ? 401 : status)
      for (const received of api.foreign) {
        for (const token of tokenServer.issued)
          expect(JSON.stringify(read(received)) ?? '').not.toContain(token)
      }
      // What a foreign server answers says nothing about the token.
      expect(tokenServer.requests).toBe(1)
    },
  )

  test.runIf(followsRedirects).each(redirectCodes)(
    'a %d within the origin is followed with the token',
    async status => {
      const { api, source, send } = await createBench()
      const answer = await send(api.redirectTo(`${api.baseUrl}landing`, status))
      expect(answer.status).toBe(200)
      expect(api.received[1]?.url).toBe('/v1/landing')
      expect(api.received[1]?.headers.authorization).toBe(`Bearer ${await source.getAccessToken()}`)
    },
  )

  test.runIf(followsRedirects)('C33 replays a request that was refused behind a redirect', async () => {
    const { api, tokenServer, send, refuseCurrentToken } = await createBench()
    await refuseCurrentToken()
    expect((await send(api.redirectTo(`${api.baseUrl}landing`, 307))).status).toBe(200)
    expect(tokenServer.requests).toBe(2)
  })
}
