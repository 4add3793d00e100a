import { ConfigurationError } from '@evergrant/core/source'
import { memo, StrictMode, useState, useTransition } from 'react'
import type { ReactElement } from 'react'
import { beforeEach, describe, expect, test } from 'vitest'
import { AccessTokenProvider } from './access-token-provider.ts'
import type { AccessTokenState, StateField } from './access-token-state.ts'
import { FakeTokens } from './fake-tokens.test-support.ts'
import { Boundary, change, createHandle, render, watchComplaints } from './render.test-support.tsx'
import type { TokensName } from './register.ts'
import { useAccessToken } from './use-access-token.ts'
import { useAuthorizedFetch } from './use-authorized-fetch.ts'

const complaints = watchComplaints()
let tokens: FakeTokens
let renders: number
beforeEach(() => {
  tokens = new FakeTokens()
  renders = 0
})

/** Shows some fields, and counts how often it is rendered. */
function Shows({ fields, name }: { readonly fields: readonly StateField[]; readonly name?: string }): string {
  const state = useAccessToken(name as TokensName | undefined)
  renders++
  return fields.map(field => String(state[field])).join(' ')
}

const provided = (child: ReactElement): ReactElement => (
  <AccessTokenProvider tokens={tokens}>{child}</AccessTokenProvider>
)

test('tells who is signed in, and who is not any more', async () => {
  const page = await render(provided(<Shows fields={['status', 'username']} />))
  expect(page.text()).toBe('pending undefined')
  await change(() => tokens.authenticate())
  expect(page.text()).toBe('authenticated ann')
  await change(() => tokens.end())
  expect(page.text()).toBe('unauthenticated undefined')
})

describe('twenty rotations', () => {
  test.each<[number, readonly StateField[]]>([
    [0, []],
    [0, ['status', 'username', 'mode', 'signInId', 'error']],
    [20, ['accessToken']],
    [20, ['expiresAt']],
    [40, ['isRefreshing']],
    [40, ['status', 'accessToken', 'isRefreshing']],
  ])('render a component %i times that reads [%s]', async (expected, fields) => {
    tokens.authenticate({ expiresAt: 1 }, 'fake-token-0')
    await render(provided(<Shows fields={fields} />))
    const before = renders
    for (let count = 1; count <= 20; count++) {
      await change(() =>
        tokens.authenticate({ isRefreshing: true, expiresAt: count }, `fake-token-${count - 1}`),
      )
      await change(() => tokens.authenticate({ expiresAt: count + 1 }, `fake-token-${count}`))
    }
    expect(renders - before).toBe(expected)
  })

  test('render no component that only fetches, and subscribe to nothing', async () => {
    const fetches = new Set<unknown>()
    function Fetches(): null {
      renders++
      fetches.add(useAuthorizedFetch())
      return null
    }
    const page = await render(provided(<Fetches />))
    for (let count = 1; count <= 20; count++) await change(() => tokens.rotate(count))
    expect([renders, tokens.listeners]).toEqual([1, 0])
    await page.update(provided(<Fetches />))
    expect([...fetches]).toEqual([tokens.fetch])
  })
})

test('a component is rendered once to begin with, whatever the first question changes that it does not read', async () => {
  const { subscribe } = tokens
  const asking = Object.assign(tokens, {
    subscribe: (listener: () => void) => {
      const leave = subscribe(listener)
      tokens.set({ status: 'pending', isRefreshing: true })
      return leave
    },
  })
  await render(
    <AccessTokenProvider tokens={asking}>
      <Shows fields={['status']} />
    </AccessTokenProvider>,
  )
  expect(renders).toBe(1)
})

test('what is read for the first time later is what is true then', async () => {
  const reveal = createHandle()
  function Secretive(): string {
    const state = useAccessToken()
    const [isShown, show] = useState(false)
    reveal.run = () => show(true)
    return `${state.status} ${isShown ? String(state.accessToken) : ''}`
  }
  tokens.authenticate({}, 'fake-token-0')
  const page = await render(provided(<Secretive />))
  for (let count = 1; count <= 3; count++) await change(() => tokens.rotate(count))
  await change(() => reveal.run())
  expect(page.text()).toBe('authenticated fake-token-3')
  await change(() => tokens.rotate(4))
  expect(page.text()).toBe('authenticated fake-token-4')
})

const Child = memo(({ state }: { readonly state: AccessTokenState }) => <>{state.accessToken}</>)

function Parent(): ReactElement {
  return <Child state={useAccessToken()} />
}

test('a child reads from what its parent passes on', async () => {
  tokens.authenticate({}, 'fake-token-0')
  const page = await render(provided(<Parent />))
  await change(() => tokens.rotate(1))
  expect(page.text()).toBe('fake-token-1')
})

test('the functions are the same in every state, and the rest can be copied', async () => {
  const states: AccessTokenState[] = []
  function Keeps(): string {
    const state = useAccessToken()
    states.push({ ...state })
    return state.status
  }
  await render(provided(<Keeps />))
  await change(() => tokens.authenticate({}, 'fake-token-0'))
  await change(() => tokens.end())
  expect(states.map(({ status }) => status)).toEqual(['pending', 'authenticated', 'unauthenticated'])
  expect(states[1]).toMatchObject({ username: 'ann', accessToken: 'fake-token-0' })
  for (const name of ['fetch', 'getAccessToken', 'refresh', 'signIn', 'signOut'] as const)
    expect(new Set(states.map(state => state[name]))).toEqual(new Set([tokens[name]]))
})

describe('the access token', () => {
  test('is asked for by a component that reads it, once somebody is signed in', async () => {
    tokens.onGetAccessToken = () => tokens.authenticate({}, 'fake-token-1')
    const page = await render(provided(<Shows fields={['accessToken']} />))
    expect(tokens.calls).toEqual([])
    await change(() => tokens.authenticate({}, undefined, 'mediated'))
    expect(tokens.calls).toEqual(['getAccessToken'])
    expect(page.text()).toBe('fake-token-1')
  })

  test('is not asked for by a component that does not read it', async () => {
    tokens.authenticate({}, undefined, 'mediated')
    await render(provided(<Shows fields={['status', 'expiresAt']} />))
    await change(() => tokens.authenticate({ username: 'bob' }, undefined, 'mediated'))
    expect(tokens.calls).toEqual([])
  })

  test('is not asked for in proxy mode, where there is none', async () => {
    await render(provided(<Shows fields={['accessToken']} />))
    await change(() => tokens.authenticate())
    expect(tokens.calls).toEqual([])
  })

  test('is not asked for while it is on its way', async () => {
    tokens.authenticate({ isRefreshing: true }, undefined, 'mediated')
    await render(provided(<Shows fields={['accessToken']} />))
    expect(tokens.calls).toEqual([])
  })

  test('that cannot be had leaves the page as it is', async () => {
    tokens.onGetAccessToken = () => {
      throw new Error('offline')
    }
    tokens.authenticate({}, undefined, 'mediated')
    const page = await render(provided(<Shows fields={['status', 'accessToken']} />))
    expect(page.text()).toBe('authenticated undefined')
    expect(tokens.calls).toEqual(['getAccessToken'])
  })
})

describe('a component', () => {
  test('in StrictMode listens once, and leaves nothing behind', async () => {
    tokens.authenticate({}, 'fake-token-0')
    const page = await render(
      <StrictMode>{provided(<Shows fields={['status', 'accessToken']} />)}</StrictMode>,
    )
    expect(tokens.listeners).toBe(1)
    await change(() => tokens.rotate(1))
    expect(page.text()).toBe('authenticated fake-token-1')
    expect(tokens.calls).toEqual([])
    await page.unmount()
    expect(tokens.listeners).toBe(0)
  })

  test('that goes in the middle of a refresh hears of it no more', async () => {
    const page = await render(provided(<Shows fields={['accessToken', 'isRefreshing']} />))
    await change(() => tokens.authenticate({ isRefreshing: true }, 'fake-token-0'))
    const before = renders
    await page.unmount()
    await change(() => tokens.authenticate({}, 'fake-token-1'))
    expect([renders, tokens.listeners]).toEqual([before, 0])
  })

  test('gets the tokens of another provider value, and leaves the old ones', async () => {
    const other = new FakeTokens()
    other.authenticate({ username: 'bob' })
    tokens.authenticate()
    const page = await render(provided(<Shows fields={['username']} />))
    await page.update(
      <AccessTokenProvider tokens={other}>
        <Shows fields={['username']} />
      </AccessTokenProvider>,
    )
    expect(page.text()).toBe('bob')
    await change(() => tokens.authenticate({ username: 'late' }))
    expect(page.text()).toBe('bob')
    expect([tokens.listeners, other.listeners]).toEqual([0, 1])
  })

  test('never shows two states at once, also in a transition', async () => {
    const start = createHandle()
    const seen = new Set<string>()
    function Slow({ count }: { readonly count: number }): string {
      const { username } = useAccessToken()
      // Another tab signs somebody in while React is rendering.
      if (count === 1 && username === 'ann') tokens.authenticate({ username: 'bob', signInId: 'sign-in-2' })
      return String(username)
    }
    function App(): ReactElement {
      const [count, setCount] = useState(0)
      const [, startTransition] = useTransition()
      start.run = () => startTransition(() => setCount(1))
      return (
        <p ref={element => void (element && seen.add(element.textContent))} key={count}>
          <Slow count={count} />-<Slow count={0} />
        </p>
      )
    }
    tokens.authenticate()
    const page = await render(provided(<App />))
    await change(() => start.run())
    // That a component changed others while it rendered is this test's own doing.
    expect(complaints().filter(complaint => !complaint.includes('while rendering a different'))).toEqual([])
    expect(page.text()).toBe('bob-bob')
    expect([...seen]).toEqual(['ann-ann', 'bob-bob'])
  })
})

describe('several tokens', () => {
  test('are told apart by name, and change independently', async () => {
    const er = new FakeTokens()
    const names = { travis: tokens, er }
    const page = await render(
      <AccessTokenProvider tokens={names}>
        <Shows name="travis" fields={['username']} /> <Shows name="er" fields={['status']} />
      </AccessTokenProvider>,
    )
    await change(() => tokens.authenticate())
    expect(page.text()).toBe('ann pending')
    expect(renders).toBe(3)
  })

  test('two providers on a page do not disturb each other', async () => {
    const other = new FakeTokens()
    const page = await render(
      <>
        {provided(<Shows fields={['username']} />)}{' '}
        <AccessTokenProvider tokens={{ only: other }}>
          <Shows fields={['username']} />
        </AccessTokenProvider>
      </>,
    )
    await change(() => other.authenticate({ username: 'bob' }))
    expect(page.text()).toBe('undefined bob')
  })
})

describe('C87 a hook that cannot work throws, and names the fix:', () => {
  test.each<[string, () => ReactElement, string]>([
    [
      'without a provider',
      () => <Shows fields={[]} />,
      'useAccessToken found no provider: Render <AccessTokenProvider tokens={…}>',
    ],
    [
      'with a name, where there is one',
      () => provided(<Shows name="travis" fields={[]} />),
      'useAccessToken was called with the name travis: Give the provider names (tokens={{ travis: … }})',
    ],
    [
      'with an unknown name',
      () => (
        <AccessTokenProvider tokens={{ travis: tokens, er: tokens }}>
          <Shows name="toString" fields={[]} />
        </AccessTokenProvider>
      ),
      'useAccessToken knows no toString: The provider has: travis, er.',
    ],
    [
      'without a name, where there are two',
      () => (
        <AccessTokenProvider tokens={{ travis: tokens, er: tokens }}>
          <Shows fields={[]} />
        </AccessTokenProvider>
      ),
      'useAccessToken was called without a name: The provider has: travis, er.',
    ],
  ])('%s', async (_case, tree, message) => {
    const page = await render(<Boundary>{tree()}</Boundary>)
    expect(page.text()).toContain(`caught: ${message}`)
    expect(complaints()).not.toEqual([])
  })

  test('the error is a ConfigurationError', async () => {
    let caught: unknown
    function Catches(): null {
      try {
        useAuthorizedFetch()
      } catch (error) {
        caught = error
      }
      return null
    }
    await render(<Catches />)
    expect(caught).toBeInstanceOf(ConfigurationError)
  })
})
