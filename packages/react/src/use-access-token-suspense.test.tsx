import { NetworkError } from '@evergrant/core/source'
import { createRef, StrictMode, Suspense, useState, useTransition } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { beforeEach, describe, expect, test } from 'vitest'
import { AccessTokenProvider } from './access-token-provider.ts'
import { FakeTokens } from './fake-tokens.test-support.ts'
import { Boundary, change, createHandle, render, watchComplaints } from './render.test-support.tsx'
import { useAccessTokenSuspense } from './use-access-token-suspense.ts'

const complaints = watchComplaints()
const offline = new NetworkError('The server cannot be reached.', { code: 'network_error', wasSent: false })
let tokens: FakeTokens
beforeEach(() => void (tokens = new FakeTokens()))

function Name(): string {
  const { status, username } = useAccessTokenSuspense()
  return `${status} ${username}`
}

const provided = (children: ReactNode): ReactElement => (
  <AccessTokenProvider tokens={tokens}>
    <Suspense fallback="asking">{children}</Suspense>
  </AccessTokenProvider>
)

test('waits until it is known who is signed in', async () => {
  const page = await render(provided(<Name />))
  expect(page.text()).toBe('asking')
  await change(() => tokens.set({ status: 'pending', isRefreshing: true }))
  expect(page.text()).toBe('asking')
  await change(() => tokens.authenticate())
  expect(page.text()).toBe('authenticated ann')
})

test('many components wait together, with one listener in StrictMode as well', async () => {
  const page = await render(
    <StrictMode>
      {provided(
        <>
          <Name />, <Name />
        </>,
      )}
    </StrictMode>,
  )
  expect(tokens.listeners).toBe(1)
  await change(() => tokens.end())
  expect(page.text()).toBe('unauthenticated undefined, unauthenticated undefined')
  expect(tokens.listeners).toBe(2)
  await page.unmount()
  expect(tokens.listeners).toBe(0)
})

test('does not wait for what is known', async () => {
  tokens.authenticate()
  const page = await render(provided(<Name />))
  expect(page.text()).toBe('authenticated ann')
})

test('a refresh shows no fallback', async () => {
  tokens.authenticate({}, 'fake-token-0')
  const page = await render(provided(<Name />))
  await change(() => tokens.authenticate({ isRefreshing: true }, 'fake-token-0'))
  expect(page.text()).toBe('authenticated ann')
})

test('F14 while it is unknown who came, the data of whoever went is hidden', async () => {
  tokens.authenticate()
  const page = await render(provided(<Name />))
  await change(() => tokens.set({ status: 'pending', isRefreshing: true }))
  expect(page.text()).toContain('asking')
  await change(() => tokens.authenticate({ username: 'bob', signInId: 'sign-in-2' }))
  expect(page.text()).toBe('authenticated bob')
})

test('an answer that is outdated at once is waited for again', async () => {
  const page = await render(provided(<Name />))
  await change(() => {
    tokens.authenticate()
    tokens.set({ status: 'pending', isRefreshing: true })
  })
  expect(page.text()).toBe('asking')
  await change(() => tokens.end())
  expect(page.text()).toBe('unauthenticated undefined')
})

test('an answer that came before anybody listened is not missed', async () => {
  const { subscribe } = tokens
  const quick = Object.assign(tokens, {
    subscribe: (listener: () => void) => {
      if (tokens.getSnapshot().status === 'pending') tokens.authenticate()
      return subscribe(listener)
    },
  })
  const page = await render(
    <AccessTokenProvider tokens={quick}>
      <Suspense fallback="asking">
        <Name />
      </Suspense>
    </AccessTokenProvider>,
  )
  expect(page.text()).toBe('authenticated ann')
})

test('in a transition the old screen stays until it is known', async () => {
  const opener = createHandle()
  function App(): ReactElement {
    const [isOpen, setOpen] = useState(false)
    const [isWaiting, startTransition] = useTransition()
    opener.run = () => startTransition(() => setOpen(true))
    return (
      <Suspense fallback="asking">
        {isWaiting ? 'opening ' : ''}
        {isOpen ? <Name /> : 'home'}
      </Suspense>
    )
  }
  const page = await render(
    <AccessTokenProvider tokens={tokens}>
      <App />
    </AccessTokenProvider>,
  )
  await change(() => opener.run())
  expect(page.text()).toBe('opening home')
  await change(() => tokens.authenticate())
  expect(page.text()).toBe('authenticated ann')
})

describe('a server that cannot tell', () => {
  test('is for the error boundary; after a reset the news is shown', async () => {
    const boundary = createRef<Boundary>()
    const page = await render(<Boundary ref={boundary}>{provided(<Name />)}</Boundary>)
    await change(() => tokens.set({ status: 'error', error: offline, isRefreshing: false }))
    expect(page.text()).toBe('caught: The server cannot be reached.')
    expect(tokens.calls).toContain('load')
    expect(complaints()).not.toEqual([])
    await change(() => tokens.authenticate())
    await change(() => boundary.current?.reset())
    expect(page.text()).toBe('authenticated ann')
  })

  test('F46 is no matter as long as somebody is signed in', async () => {
    tokens.authenticate()
    const page = await render(provided(<Name />))
    const snapshot = tokens.getSnapshot()
    if (snapshot.status !== 'authenticated') throw new Error('somebody is signed in')
    await change(() => tokens.set({ ...snapshot, error: offline }))
    expect(page.text()).toBe('authenticated ann')
  })
})
