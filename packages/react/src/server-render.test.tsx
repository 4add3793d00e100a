import { StrictMode, Suspense, version } from 'react'
import type { ReactElement } from 'react'
import { beforeEach, describe, expect, test } from 'vitest'
import { AccessTokenProvider } from './access-token-provider.ts'
import type { AccessTokenState } from './access-token-state.ts'
import { FakeTokens } from './fake-tokens.test-support.ts'
import { change, render, watchComplaints } from './render.test-support.tsx'
import { renderOnServer, streamOnServer } from './server-render.test-support.ts'
import { useAccessToken } from './use-access-token.ts'
import { useAccessTokenSuspense } from './use-access-token-suspense.ts'
import { useAuthorizedFetch } from './use-authorized-fetch.ts'

const complaints = watchComplaints()
let tokens: FakeTokens
let renders: number
beforeEach(() => {
  tokens = new FakeTokens()
  renders = 0
})

function Status(): ReactElement {
  const { status, username, accessToken } = useAccessToken()
  useAuthorizedFetch()
  renders++
  return <p>{[status, username, accessToken].join(' ')}</p>
}

function Known(): ReactElement {
  const { status } = useAccessTokenSuspense()
  return <p>{status}</p>
}

function Reads({ state }: { readonly state: AccessTokenState }): ReactElement {
  return <p>{`${state.status} ${state.username}`}</p>
}

/** Reads nothing itself, and what is below `<Suspense>` is hydrated later than it is. */
function Passes(): ReactElement {
  const state = useAccessToken()
  return (
    <Suspense>
      <Reads state={state} />
    </Suspense>
  )
}

const page = (): ReactElement => (
  <StrictMode>
    <AccessTokenProvider tokens={tokens}>
      <Status />
    </AccessTokenProvider>
  </StrictMode>
)

describe('on a server', () => {
  test('the status is pending, nothing is asked, and nobody listens', () => {
    expect(renderOnServer(page())).toBe('<p>pending  </p>')
    expect([tokens.listeners, tokens.calls]).toEqual([0, []])
  })

  test('C69 F16 tokens that know somebody, by mistake, put nothing of it into the HTML', () => {
    tokens.authenticate({ username: 'ann' }, 'fake-token-0')
    expect(renderOnServer(page())).toBe('<p>pending  </p>')
  })

  test('the Suspense variant sends the fallback, and ends the stream', async () => {
    const { html, errors } = await streamOnServer(
      <AccessTokenProvider tokens={tokens}>
        <Suspense fallback={<i>asking</i>}>
          <Known />
        </Suspense>
      </AccessTokenProvider>,
    )
    expect(html).toContain('<i>asking</i>')
    expect(errors).toEqual([expect.stringContaining('useAccessTokenSuspense works in the page alone')])
    expect(tokens.listeners).toBe(0)
  })
})

describe('hydration', () => {
  test('finds what the server sent, and then shows what is known', async () => {
    const html = renderOnServer(page())
    tokens.authenticate({}, 'fake-token-0')
    const hydrated = await render(page(), html)
    expect(hydrated.text()).toBe('authenticated ann fake-token-0')
  })

  test('renders once if nothing is known yet', async () => {
    const tree = (
      <AccessTokenProvider tokens={tokens}>
        <Status />
      </AccessTokenProvider>
    )
    const html = renderOnServer(tree)
    renders = 0
    const hydrated = await render(tree, html)
    expect(renders).toBe(1)
    await change(() => tokens.end())
    expect(hydrated.text()).toBe('unauthenticated  ')
  })

  test('of what a state is passed on to finds what the server sent, however late it is', async () => {
    const tree = (
      <AccessTokenProvider tokens={tokens}>
        <Passes />
      </AccessTokenProvider>
    )
    const html = renderOnServer(tree)
    tokens.authenticate()
    const hydrated = await render(tree, html)
    expect(hydrated.text()).toBe('authenticated ann')
    // React 18 renders anew what changes before it is hydrated, and tells so.
    const isOld = version.startsWith('18')
    expect(complaints()).toEqual(isOld ? [expect.stringContaining('before it finished hydrating')] : [])
  })

  test('of the Suspense variant goes on in the page, where it waits', async () => {
    const tree = (
      <AccessTokenProvider tokens={tokens}>
        <Suspense fallback={<i>asking</i>}>
          <Known />
        </Suspense>
      </AccessTokenProvider>
    )
    const { html } = await streamOnServer(tree)
    const hydrated = await render(tree, html)
    expect(hydrated.text()).toContain('asking')
    await change(() => tokens.authenticate())
    expect(hydrated.text()).toContain('authenticated')
    // React tells what the server could not render; it shows nothing of it.
    for (const complaint of complaints()) expect(complaint).toMatch(/^recovered Error/)
  })
})
