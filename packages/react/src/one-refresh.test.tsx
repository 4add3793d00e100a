import { StrictMode } from 'react'
import type { ReactElement } from 'react'
import { beforeEach, describe, expect, test } from 'vitest'
import { AccessTokenProvider } from './access-token-provider.ts'
import type { ObservableTokens } from './observable-tokens.ts'
import { createRealWorld } from './real-tokens.test-support.ts'
import type { RealWorld } from './real-tokens.test-support.ts'
import { change, render, watchComplaints } from './render.test-support.tsx'
import { useAccessToken } from './use-access-token.ts'

watchComplaints()

let world: RealWorld

beforeEach(() => {
  world = createRealWorld('mediated')
})

const tokenRequests = (): number => world.asked.filter(route => route === 'token').length

async function signIn(tokens: ObservableTokens, index: 0 | 1): Promise<void> {
  const customer = world.customers[index]
  if (!customer) throw new Error('there are customers')
  await change(() => world.run(tokens.signIn(customer)))
  await change(() => world.clock.advance(100))
}

/** Lets an hour pass: eleven tokens end, or a few more, because each is renewed ahead of its end. */
async function passAnHour(): Promise<void> {
  for (let minute = 0; minute < 60; minute++) await change(() => world.clock.advance(60_000))
}

function Shows(): string {
  const { username, accessToken } = useAccessToken()
  return `${username} ${accessToken} `
}

const provided = (tokens: ObservableTokens, key = ''): ReactElement => (
  <StrictMode key={key}>
    <AccessTokenProvider tokens={tokens}>
      <Shows />
      <Shows />
    </AccessTokenProvider>
  </StrictMode>
)

describe('each token is one request', () => {
  test('with one provider, to compare with', async () => {
    await render(provided(world.tokens))
    await signIn(world.tokens, 0)
    await passAnHour()
    expect(tokenRequests()).toBeGreaterThan(11)
    expect(tokenRequests()).toBeLessThan(20)
  })

  test('with two providers of the same tokens', async () => {
    const page = await render(
      <>
        {provided(world.tokens, 'one')}
        {provided(world.tokens, 'two')}
      </>,
    )
    await signIn(world.tokens, 0)
    await passAnHour()
    expect(tokenRequests()).toBeLessThan(20)
    expect(new Set(page.text().trim().split(' ')).size).toBe(2)
  })

  test('when the module that makes the tokens is replaced while the page lives (HMR)', async () => {
    const page = await render(provided(world.tokens))
    await signIn(world.tokens, 0)
    const replacement = world.open()
    await page.update(provided(replacement))
    await change(() => world.clock.advance(100))
    expect(page.text()).toContain(world.customers[0]?.username)
    await passAnHour()
    expect(tokenRequests()).toBeLessThan(20)
    expect(page.text()).toContain(replacement.peekAccessToken())
  })
})

test('F14 another user in another tab: their name and token never stand beside those of the first', async () => {
  const seen = new Set<string>()
  function Notes(): string {
    const { username, accessToken } = useAccessToken()
    if (username && accessToken) seen.add(`${username} ${accessToken}`)
    return `${username}`
  }
  const other = world.open()
  const page = await render(
    <AccessTokenProvider tokens={world.tokens}>
      <Notes />
    </AccessTokenProvider>,
  )
  await signIn(world.tokens, 0)
  await signIn(other, 1)
  await change(() => world.run(other.getAccessToken()))
  await change(() => world.clock.advance(1000))
  const [first, second] = world.customers
  expect(page.text()).toBe(second?.username)
  const pairs = [...seen].map(pair => pair.split(' ') as [string, string])
  expect(pairs.map(([username]) => username)).toEqual([first?.username, second?.username])
  expect(new Set(pairs.map(([, token]) => token)).size).toBe(2)
})
