import { findRedis } from '@evergrant/testing/servers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClusterStatus, SharedCredential } from '../gateway-cluster.ts'
import { Browser } from '../gateway.test-support.ts'
import { providerNames } from '../provider-name.ts'
import { endProgram, startProgram, untilRunning } from './cluster.test-support.ts'
import type { ClusterProgram, ShownGateway } from './cluster.test-support.ts'

interface Status {
  readonly credentials: readonly {
    name: string
    state: string
    tokenRequests: number
    shared: SharedCredential
  }[]
  readonly cluster: Omit<ClusterStatus, 'credentials'>
}

interface Journal {
  readonly entries: readonly { at: number; kind: string; provider: string }[]
}

const lifetimeMs = 8000
const customer = { username: 'anna.devries@customer.example', password: '' }

describe.skipIf(findRedis() === undefined)('two gateways on one Redis', () => {
  let program: ClusterProgram
  let gateways: readonly [ShownGateway, ShownGateway]
  let emulatorUrl: string

  beforeAll(async () => {
    program = startProgram({ ACCESS_TOKEN_SECONDS: String(lifetimeMs / 1000) })
    ;({ gateways, emulatorUrl } = await untilRunning(program))
  }, 30_000)
  afterAll(() => endProgram(program))

  const statusOf = async ({ url }: ShownGateway, browser = new Browser(url)): Promise<Status> =>
    (await browser.get('/api/status')).body as Status

  async function tokenRequests(): Promise<Map<string, number[]>> {
    const response = await fetch(`${emulatorUrl}/_control/journal`)
    const { entries } = (await response.json()) as Journal
    const times = new Map<string, number[]>()
    for (const { at, kind, provider } of entries)
      if (kind === 'token') times.set(provider, [...(times.get(provider) ?? []), at])
    return times
  }

  test('each expiry costs one token request for both, and both name the process that made the last', async () => {
    const fewest = async (): Promise<number> => {
      const counts = [...(await tokenRequests()).values()].map(({ length }) => length)
      return counts.length === providerNames.length ? Math.min(...counts) : 0
    }
    await expect.poll(fewest, { timeout: 6 * lifetimeMs }).toBeGreaterThan(3)

    // Between a request and the moment at which both have its token the counts differ.
    await expect
      .poll(
        async () => {
          const [counted, ...statuses] = await Promise.all([
            tokenRequests(),
            ...gateways.map(each => statusOf(each)),
          ])
          const [one, other] = statuses
          expect(one?.credentials.map(({ shared }) => shared)).toEqual(
            other?.credentials.map(({ shared }) => shared),
          )
          const requests = [...counted.values()].map(({ length }) => length)
          const inUse = (shared: SharedCredential): number[] =>
            shared.processes.map(({ obtained, adopted }) => obtained + adopted)
          expect(one?.credentials.flatMap(({ shared }) => inUse(shared)).toSorted(byNumber)).toEqual(
            requests.flatMap(count => [count, count]).toSorted(byNumber),
          )
          // What each engine tells of itself.
          for (const [index, status] of statuses.entries())
            for (const { shared, tokenRequests: own } of status.credentials)
              expect(shared.processes[index]?.obtained).toBe(own)
          return 'agreed'
        },
        { timeout: 3 * lifetimeMs },
      )
      .toBe('agreed')

    // A slow machine makes a token be refreshed after half its life. Two that do not share ask one after the other.
    for (const times of (await tokenRequests()).values())
      for (const [index, at] of times.slice(1).entries())
        expect(at - (times[index] ?? 0)).toBeGreaterThan(lifetimeMs / 3)
  }, 90_000)

  test('what is broken from one page is broken for both, and both get over it', async () => {
    const [, second] = gateways
    const states = (): Promise<(string | undefined)[]> =>
      Promise.all(
        gateways.map(
          async each => (await statusOf(each)).credentials.find(({ name }) => name === 'iris')?.state,
        ),
      )
    const page = new Browser(second.url)
    expect(await page.post('/api/break/iris/server-error', {})).toMatchObject({ status: 200 })
    await page.get('/api/iris/assets')
    await expect.poll(states, { timeout: 2 * lifetimeMs }).toEqual(['failing', 'failing'])
    // From the other one, in place of the outage.
    expect(await new Browser(gateways[0].url).post('/api/break/iris/expire', {})).toMatchObject({
      status: 200,
    })
    await expect.poll(states, { timeout: 3 * lifetimeMs }).toEqual(['fresh', 'fresh'])
  }, 90_000)

  test('a customer who signs in at one is signed in at the other, and signed out at both', async () => {
    const [first, second] = gateways
    const browser = new Browser(first.url)
    const { customer: shown } = (await browser.get('/api/status')).body as {
      customer: { examples: (typeof customer)[]; message: string }
    }
    expect(shown.message).toMatch(/is signed in at all of them\.$/)
    expect((await browser.post('/api/auth/sign-in', shown.examples[0])).status).toBe(200)
    // Cookies know no port: a browser sends the same one to both.
    const { cookie } = browser
    const other = new Browser(second.url, cookie)
    expect((await other.get('/api/travis/vehicles')).status).toBe(200)
    expect(await statusOf(second, other)).toMatchObject({
      customer: { username: shown.examples[0]?.username },
    })

    expect((await other.post('/api/auth/sign-out', {})).status).toBe(200)
    for (const { url } of gateways)
      expect((await new Browser(url, cookie).get('/api/travis/vehicles')).status).toBe(401)
  })

  test('the requests of customers are not counted among the gateways’ own', async () => {
    const counted = (await tokenRequests()).get('travis')?.length ?? 0
    const { credentials } = await statusOf(gateways[0])
    const sent = credentials.find(({ name }) => name === 'travis')?.shared.requests?.sent ?? 0
    expect(sent).toBeGreaterThan(3)
    expect(sent).toBeLessThan(counted)
  })
})

function byNumber(left: number, right: number): number {
  return left - right
}
