import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBackends } from '../backends.test-support.ts'
import type { Backends, StoreName } from '../backends.test-support.ts'
import { oidcClient } from './oidc-server.test-support.ts'
import { OidcFleet } from './oidc-fleet.test-support.ts'
import { reportTable } from '../proof-report.test-support.ts'

// EVERGRANT_FLEET=full: the size of the nightly run.
const isFull = process.env['EVERGRANT_FLEET'] === 'full'
const { processes, callers, expiries } = isFull
  ? { processes: 16, callers: 200, expiries: 50 }
  : { processes: 4, callers: 20, expiries: 3 }
const stores: readonly StoreName[] = isFull
  ? ['Redis with node-redis', 'Postgres with pg', 'file']
  : ['Redis with node-redis']

let backends: Backends
const figures: string[][] = []

/** Redeems a refresh token past everything. */
async function replay({ server, usedRefreshToken }: OidcFleet): Promise<number> {
  const { clientId, clientSecret } = oidcClient
  const form = { client_id: clientId, client_secret: clientSecret, refresh_token: usedRefreshToken }
  const body = new URLSearchParams({ ...form, grant_type: 'refresh_token' })
  return (await fetch(server.tokenEndpoint, { method: 'POST', body })).status
}

/** Whose token it is, says the server. */
async function ownerOf({ server }: OidcFleet, token: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}` }
  return (await fetch(server.userinfoEndpoint, { headers })).json()
}

describe.skipIf(startBackends === undefined)(
  `${processes} processes with ${callers} callers each and oidc-provider`,
  () => {
    beforeAll(async () => void (backends = await startBackends!()), 120_000)
    afterAll(async () => {
      await backends.stop()
      const headers = ['store', 'expiries', 'refreshes', 'refusals', 'seconds']
      reportTable(`oidc-provider: ${processes} processes with ${callers} callers each`, headers, figures)
    })

    test.each(stores)(
      `F1 %s: ${expiries} expiries cause exactly ${expiries} refreshes, and a replay would have ended the session`,
      async name => {
        const startedAt = performance.now()
        const address = backends.addresses[name]
        const at = address.kind === 'file' ? `${address.at}-oidc` : address.at
        const fleet = await OidcFleet.start({ ...address, at, name: 'oidc' }, processes)
        try {
          const seen = new Set((await fleet.ask(callers)).tokens)
          for (let expiry = 0; expiry < expiries; expiry++) {
            await fleet.expire()
            const { tokens, errors } = await fleet.ask(callers)
            expect({ errors, count: tokens.length }).toEqual({ errors: [], count: 1 })
            expect(await ownerOf(fleet, tokens[0]!)).toMatchObject({ sub: 'fake-user' })
            seen.add(tokens[0]!)
          }
          const { answers } = fleet.server
          const refusals = answers.filter(answer => answer !== 'granted').length
          const seconds = Math.round((performance.now() - startedAt) / 1000)
          figures.push([name, `${expiries}`, `${answers.length - refusals - 1}`, `${refusals}`, `${seconds}`])
          // One more for the sign-in.
          expect(answers).toEqual(Array.from({ length: expiries + 1 }, () => 'granted'))
          expect(seen.size).toBe(expiries + 1)
          expect(await replay(fleet)).toBe(400)
          await fleet.expire()
          const { tokens, errors } = await fleet.ask(callers)
          expect([tokens, errors]).toEqual([[], [expect.stringContaining('ReauthorizationRequired')]])
          // Nor was the refused one sent more than once.
          expect(answers.slice(expiries + 1)).toEqual(['invalid_grant', 'invalid_grant'])
        } finally {
          await fleet.stop()
        }
      },
      isFull ? 600_000 : 60_000,
    )
  },
)
