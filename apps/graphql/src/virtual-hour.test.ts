import { createTokenManager, memoryStore } from '@evergrant/core'
import type { TokenManager } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import { travis } from '@evergrant/providers'
import { VirtualClock } from '@evergrant/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { createGraphQLApi } from './graphql-api.ts'
import { createFleetClient } from './page/create-fleet-client.ts'
import { clientNames } from './page/fleet-client.ts'
import type { ClientName } from './page/fleet-client.ts'
import { FleetStats } from './page/fleet-stats.ts'
import { liveByEvents } from './page/live-client.ts'
import { createRevocation } from './revoke-token.ts'
import { createTokenCheck } from './token-check.ts'
import { createUpstreams } from './upstreams.ts'

const url = 'https://graphql.example.test/graphql'
const emulatorUrl = 'https://emulator.example.test'
const tokenLifeMs = 30_000
const stepMs = 10_000
const hourMs = 3_600_000

interface Bench {
  readonly clock: VirtualClock
  readonly revoke: (accessToken: string) => Promise<void>
  readonly tokens: TokenManager
  /** The GraphQL server as a `fetch`. */
  readonly send: typeof globalThis.fetch
  readonly refreshes: () => number
}

const ends: (() => unknown)[] = []

afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** The GraphQL server, the providers behind it and a customer's tokens in one process, on one virtual clock. */
function createBench(): Bench {
  const clock = new VirtualClock()
  const emulator = createEmulator({ now: clock.wall, schedule: clock.schedule })
  emulator.travis.setLifetimes({ accessTokenMs: tokenLifeMs })
  const fetch: typeof globalThis.fetch = (...given) => emulator.handle(new Request(...given))
  const { introspectionEndpoint, revocationEndpoint, tokenEndpoint } = emulator.travis.endpoints(emulatorUrl)
  const { customerClient, customers } = emulator.travis.credentials
  const upstreams = createUpstreams({ emulator, url: emulatorUrl, clock, fetch })
  const check = createTokenCheck({ introspectionEndpoint, client: customerClient, fetch })
  const { yoga } = createGraphQLApi({ upstreams, check, clock, positionEveryMs: 5000 })
  const tokens = createTokenManager(
    travis.customer({ ...customers[0], tokenEndpoint, apiUrl: new URL('.', url).href }),
    { clock, fetch, store: memoryStore({ clock }) },
  )
  ends.push(upstreams.dispose, tokens.dispose)
  const { clientId } = customerClient
  return {
    clock,
    revoke: createRevocation({ revocationEndpoint, client: customerClient, fetch }),
    tokens,
    send: async (input, init) => yoga.fetch(new Request(input, init)),
    refreshes: () =>
      emulator.journal
        .entries({ provider: 'travis', grantType: 'refresh_token' })
        .filter(entry => entry.clientId === clientId).length,
  }
}

describe('an hour of virtual time with tokens of 30 seconds', () => {
  test.each(clientNames)(
    '%s: queries, mutations and a subscription without a failure, however a token is refused',
    { timeout: 60_000 },
    async (name: ClientName) => {
      const { clock, revoke, tokens, send, refreshes } = createBench()
      const stats = new FleetStats()
      const retry = (): Promise<void> => new Promise(resolve => void clock.schedule(resolve, 50))
      const live = liveByEvents(tokens, { url, fetch: send, clock, retry, onConnected: stats.connected })
      const client = createFleetClient(name, { tokens, url, live, fetch: send })
      // Beside it one whose server refuses in the body; they take turns.
      const byBody = createFleetClient(name, { tokens, url: `${url}?refusals=body`, live, fetch: send })
      const { fleet } = await stats.run(client.fleet)
      const leave = client.positions({
        next: ({ positions }) => void stats.received(positions.number),
        error: stats.failed,
        complete: stats.failed,
      })
      let revocations = 0
      for (let step = 1; step <= hourMs / stepMs; step += 1) {
        await clock.advance(stepMs)
        // Every five minutes the API refuses a token before its time, but none that is seconds old: such a refusal stands.
        const { expiresAt = 0 } = tokens.getSnapshot() as { readonly expiresAt?: number }
        const remainingMs = expiresAt - clock.wall()
        if (step >= 30 * (revocations + 1) && remainingMs < 0.8 * tokenLifeMs) {
          await revoke(await tokens.getAccessToken())
          revocations += 1
        }
        const note = `step ${step}`
        const [one, other] = step % 2 === 0 ? [client, byBody] : [byBody, client]
        const { setNote } = await clock.runUntil(
          stats.run(() => one.setNote({ vehicleId: fleet[0]?.id ?? '', note })),
        )
        expect(setNote.note).toBe(note)
        const answer = await clock.runUntil(stats.run(other.fleet))
        expect(answer.fleet[0]?.note).toBe(note)
      }
      leave()
      client.stop()
      byBody.stop()
      const counts = stats.getSnapshot()
      expect(counts).toMatchObject({ operations: 721, failed: 0 })
      // 720 positions came, whatever happened between two of them.
      expect(counts.events + counts.missed).toBeGreaterThanOrEqual(715)
      expect(counts.missed).toBeLessThanOrEqual(revocations)
      expect(refreshes()).toBeGreaterThan(hourMs / tokenLifeMs)
      expect(refreshes()).toBeLessThan(1.5 * (hourMs / tokenLifeMs) + revocations)
      expect(revocations).toBeGreaterThan(8)
      expect(counts.reconnects).toBeGreaterThanOrEqual(hourMs / tokenLifeMs - 1)
    },
  )
})
