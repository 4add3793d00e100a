import { StrictMode, Suspense } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { describe, expect, test } from 'vitest'
import { AccessTokenProvider } from './access-token-provider.ts'
import type { AccessTokenState } from './access-token-state.ts'
import { createRealWorld } from './real-tokens.test-support.ts'
import type { RealWorld } from './real-tokens.test-support.ts'
import { change, render, watchComplaints } from './render.test-support.tsx'
import { renderOnServer } from './server-render.test-support.ts'
import { useAccessToken } from './use-access-token.ts'
import { useAccessTokenSuspense } from './use-access-token-suspense.ts'

watchComplaints()

const provided = ({ tokens }: RealWorld, children: ReactNode): ReactElement => (
  <StrictMode>
    <AccessTokenProvider tokens={tokens}>{children}</AccessTokenProvider>
  </StrictMode>
)

const count = (world: RealWorld, route: string): number => world.asked.filter(asked => asked === route).length

function Status(): ReactElement {
  return <p>{useAccessToken().status}</p>
}

const Known = (): string => useAccessTokenSuspense().status

test('StrictMode, many components and one question', async () => {
  const world = createRealWorld('mediated')
  const page = await render(
    provided(
      world,
      Array.from({ length: 20 }, (_, key) => <Status key={key} />),
    ),
  )
  await change(() => world.clock.advance(100))
  expect(page.text()).toBe('unauthenticated'.repeat(20))
  expect(world.asked).toEqual(['session'])
})

describe('in mediated mode', () => {
  test('an hour costs one request for each token, and the status stays', async () => {
    const world = createRealWorld('mediated')
    const statuses: string[] = []
    const renders = { status: 0, token: 0 }
    function Signed(): null {
      const { status } = useAccessToken()
      renders.status++
      if (statuses.at(-1) !== status) statuses.push(status)
      return null
    }
    function Token(): string {
      const { accessToken } = useAccessToken()
      renders.token++
      return String(accessToken)
    }
    const page = await render(
      <AccessTokenProvider tokens={world.tokens}>
        <Signed />
        <Token />
        <Token />
      </AccessTokenProvider>,
    )
    const [customer] = world.customers
    if (!customer) throw new Error('there are customers')
    await change(() => world.run(world.tokens.signIn(customer)))
    await change(() => world.clock.advance(100))
    const shown = page.text()
    expect(shown).toMatch(/^eyJ/)
    expect(count(world, 'token')).toBe(1)
    const before = { ...renders }
    await change(() => world.clock.advance(60_000))
    for (let minute = 1; minute < 60; minute++) await change(() => world.clock.advance(60_000))
    const tokens = count(world, 'token') - 1
    expect(tokens).toBeGreaterThan(11)
    expect(page.text()).not.toBe(shown)
    expect(renders.status - before.status).toBe(0)
    expect(renders.token - before.token).toBe(2 * tokens)
    expect(statuses).toEqual(
      ['pending', 'unauthenticated', 'authenticated'].filter(s => statuses.includes(s)),
    )
    expect(statuses.at(-1)).toBe('authenticated')
  })

  test('a component that goes in the middle of a refresh leaves no trace', async () => {
    const world = createRealWorld('mediated')
    let state: AccessTokenState | undefined
    function Keeps(): string {
      state = useAccessToken()
      return `${state.status} ${state.accessToken} ${state.isRefreshing}`
    }
    const page = await render(provided(world, <Keeps />))
    const [customer] = world.customers
    if (!customer) throw new Error('there are customers')
    await change(() => world.run(world.tokens.signIn(customer)))
    const refresh = state?.refresh()
    await page.unmount()
    await world.run(Promise.resolve(refresh))
    expect(await world.run(world.tokens.getAccessToken())).toMatch(/^eyJ/)
  })

  test('a page that signs in and out', async () => {
    const world = createRealWorld('mediated')
    let state: AccessTokenState | undefined
    function Keeps(): string {
      state = useAccessToken()
      return `${state.status} ${state.username}`
    }
    const page = await render(provided(world, <Keeps />))
    const [customer] = world.customers
    if (!customer || !state) throw new Error('there are customers')
    const { signIn, signOut } = state
    await change(() => world.run(signIn({ username: customer.username, password: customer.password })))
    expect(page.text()).toBe(`authenticated ${customer.username}`)
    await change(() => world.run(signOut()))
    expect(page.text()).toBe('unauthenticated undefined')
  })
})

describe('in proxy mode', () => {
  test('C69 fetch works, and no token is ever shown or asked for', async () => {
    const world = createRealWorld('proxy')
    let state: AccessTokenState | undefined
    function Keeps(): string {
      state = useAccessToken()
      return `${state.status} ${state.mode} ${state.accessToken}`
    }
    const page = await render(provided(world, <Keeps />))
    const [customer] = world.customers
    if (!customer || !state) throw new Error('there are customers')
    const { fetch } = state
    await change(() => world.run(world.tokens.signIn(customer)))
    expect(page.text()).toBe('authenticated proxy undefined')
    expect((await world.run(fetch('vehicles'))).status).toBe(200)
    expect(count(world, 'token')).toBe(0)
  })
})

test('the Suspense variant waits, and asks once', async () => {
  const world = createRealWorld('proxy')
  let hasWaited = false
  function Fallback(): string {
    hasWaited = true
    return 'asking'
  }
  const page = await render(
    provided(
      world,
      <Suspense fallback={<Fallback />}>
        <Known />
      </Suspense>,
    ),
  )
  expect(hasWaited).toBe(true)
  await change(() => world.clock.advance(100))
  expect(page.text()).toBe('unauthenticated')
  expect(world.asked).toEqual(['session'])
})

test('what a server renders is hydrated without a complaint, and asks once', async () => {
  const world = createRealWorld('proxy')
  const html = renderOnServer(provided(world, <Status />))
  expect([html, world.asked]).toEqual(['<p>pending</p>', []])
  const page = await render(provided(world, <Status />), html)
  await change(() => world.clock.advance(100))
  expect(page.text()).toBe('unauthenticated')
  expect(world.asked).toEqual(['session'])
})
