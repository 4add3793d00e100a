import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import type { ReactElement, ReactNode } from 'react'
import useSWR, { SWRConfig } from 'swr'
import { beforeEach, describe, expect, test } from 'vitest'
import { AccessTokenProvider } from './access-token-provider.ts'
import { createRealWorld } from './real-tokens.test-support.ts'
import type { RealWorld } from './real-tokens.test-support.ts'
import { change, createHandle, render, untilShown, watchComplaints } from './render.test-support.tsx'
import { useAccessToken } from './use-access-token.ts'

watchComplaints()

let world: RealWorld
/** The tokens that the API saw. */
let seen: (string | null)[]
let failures: number
beforeEach(async () => {
  world = createRealWorld('mediated')
  seen = []
  failures = 0
  world.instead = request => {
    if (!request.url.endsWith('/vehicles')) return undefined
    seen.push(request.headers.get('authorization'))
    return failures-- > 0 ? new Response(null, { status: 500 }) : Response.json({ number: seen.length })
  }
  await signIn(0)
})

async function signIn(index: number): Promise<void> {
  const customer = world.customers[index]
  if (!customer) throw new Error('there are customers')
  await change(() => world.run(world.tokens.signIn(customer)))
}

/** What both recipes fetch. */
async function json(response: Response): Promise<{ readonly number: number }> {
  if (!response.ok) throw new Error(`The API answered ${response.status}.`)
  return (await response.json()) as { readonly number: number }
}

/** A little time passes, in the page and on the platform. */
async function pass(): Promise<void> {
  await world.clock.advance(1)
  await new Promise(resolve => setImmediate(resolve))
}

function WithQuery(): ReactNode {
  const { status, signInId, fetch } = useAccessToken()
  const { data } = useQuery({
    queryKey: [signInId, 'vehicles'],
    queryFn: async ({ signal }) => json(await fetch('vehicles', { signal })),
    enabled: status === 'authenticated',
    retryDelay: 0,
  })
  return data ? `number ${data.number}` : 'nothing'
}

function WithSwr(): ReactNode {
  const { status, signInId, fetch } = useAccessToken()
  const key = status === 'authenticated' ? ([signInId, 'vehicles'] as const) : null
  const { data } = useSWR(key, async ([, path]) => json(await fetch(path)), { errorRetryInterval: 1 })
  return data ? `number ${data.number}` : 'nothing'
}

describe.each<[string, () => ReactNode, () => (children: ReactNode) => ReactElement]>([
  [
    'TanStack Query',
    WithQuery,
    () => {
      const client = new QueryClient()
      return children => <QueryClientProvider client={client}>{children}</QueryClientProvider>
    },
  ],
  [
    'SWR',
    WithSwr,
    () => {
      const cache = new Map()
      return children => (
        <SWRConfig value={{ provider: () => cache, dedupingInterval: 0 }}>{children}</SWRConfig>
      )
    },
  ],
])('with %s', (_library, Vehicles, createWrapper) => {
  const show = (): ReturnType<typeof render> =>
    render(
      createWrapper()(
        <AccessTokenProvider tokens={world.tokens}>
          <Vehicles />
        </AccessTokenProvider>,
      ),
    )

  test('data comes once somebody is signed in', async () => {
    await change(() => world.run(world.tokens.signOut()))
    const page = await show()
    for (let round = 0; round < 5; round++) await change(pass)
    expect([page.text(), seen]).toEqual(['nothing', []])
    await signIn(0)
    await untilShown(page, 'number 1', pass)
  })

  test('a retry after a rotation carries the token of now', async () => {
    failures = 1
    const first = await world.run(world.tokens.getAccessToken())
    await world.clock.advance(60_000)
    const api = world.instead
    world.instead = async request => {
      const answer = await api(request)
      // Meanwhile the token is renewed that the first attempt carried.
      if (answer?.status === 500) await world.tokens.refresh()
      return answer
    }
    const page = await show()
    await untilShown(page, 'number 2', pass)
    const second = await world.run(world.tokens.getAccessToken())
    expect(second).not.toBe(first)
    expect(seen).toEqual([`Bearer ${first}`, `Bearer ${second}`])
  })

  test('F14 another user never sees the data of the first', async () => {
    const page = await show()
    await untilShown(page, 'number 1', pass)
    const gate = createHandle()
    const isOpen = new Promise<void>(resolve => void (gate.run = resolve))
    const api = world.instead
    world.instead = async request => {
      if (request.url.endsWith('/vehicles')) await isOpen
      return api(request)
    }
    await signIn(1)
    expect(page.text()).toBe('nothing')
    gate.run()
    await untilShown(page, 'number 2', pass)
  })
})

test('a query that nobody waits for any more is aborted', async () => {
  let signal: AbortSignal | undefined
  world.instead = () => new Promise(() => undefined)
  function Vehicles(): ReactNode {
    const { fetch } = useAccessToken()
    useQuery({
      queryKey: ['vehicles'],
      queryFn: async query => {
        signal = query.signal
        return json(await fetch('vehicles', { signal }))
      },
    })
    return null
  }
  const page = await render(
    <QueryClientProvider client={new QueryClient()}>
      <AccessTokenProvider tokens={world.tokens}>
        <Vehicles />
      </AccessTokenProvider>
    </QueryClientProvider>,
  )
  await page.unmount()
  expect(signal?.aborted).toBe(true)
})
