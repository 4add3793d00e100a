import * as core from '@evergrant/core'
import { describeClient } from '@evergrant/testing/client-suite'
import type { ClientUnderTest, DescribedClient } from '@evergrant/testing/client-suite'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as undici8 from 'undici'
import * as undici7 from 'undici7'
import { expect, test } from 'vitest'
import { accessTokenInterceptor } from './index.ts'

type Undici = typeof undici8
type Interceptor = undici8.Dispatcher.DispatcherComposeInterceptor
type Chain = (token: Interceptor, undici: Undici) => Interceptor[]
type Abilities = Omit<DescribedClient<core.TokenManager>, 'makeClient'>

const versions: [string, Undici][] = [
  ['undici 8', undici8],
  ['undici 7', undici7 as unknown as Undici],
]
const redirect = ({ interceptors }: Undici): Interceptor => interceptors.redirect({ maxRedirections: 5 })
const retry = ({ interceptors }: Undici): Interceptor => interceptors.retry({ maxRetries: 2, minTimeout: 1 })
const bodies = ['text', 'bytes', 'form', 'blob', 'node-stream'] as const

const requests: [string, Chain, Abilities][] = [
  ['alone', token => [token], { foreignRedirects: 'returned', followsRedirects: false }],
  ['outside of redirect', (token, undici) => [redirect(undici), token], {}],
  ['inside of redirect', (token, undici) => [token, redirect(undici)], { foreignRedirects: 'refused' }],
  ['outside of retry and redirect', (token, undici) => [retry(undici), redirect(undici), token], {}],
  ['inside of retry', (token, undici) => [redirect(undici), token, retry(undici)], {}],
]

for (const [version, undici] of versions) {
  for (const [place, chain, abilities] of requests) {
    describeClient(`request of ${version}, with the interceptor ${place}`, core, {
      ...abilities,
      bodies,
      makeClient: ({ source }) => {
        const agent = new undici.Agent()
        const dispatcher = agent.compose(chain(accessTokenInterceptor(source), undici))
        return closing(agent, async ({ url, method, ...rest }) => {
          const options = { ...rest, body: ownForm(rest.body, undici), method, dispatcher }
          const { statusCode, body } = await undici.request(url, options as object)
          return { status: statusCode, text: await body.text() }
        })
      },
    })
  }

  describeClient(`fetch of ${version}`, core, {
    foreignRedirects: 'refused',
    // It does not take a password in a URL, and shows it.
    showsRefusedUrls: true,
    makeClient: ({ source }) => {
      const agent = new undici.Agent()
      const dispatcher = agent.compose(accessTokenInterceptor(source))
      return closing(agent, async ({ url, ...init }) => {
        const body = ownForm(init.body, undici)
        const options = { ...init, body, duplex: 'half', dispatcher }
        const response = await undici.fetch(url, options as object)
        return { status: response.status, text: await response.text() }
      })
    },
  })

  describeClient(`a pool of ${version}`, core, {
    bodies,
    foreignRedirects: 'returned',
    followsRedirects: false,
    makeClient: ({ source, baseUrl }) => {
      const { origin } = new URL(baseUrl)
      const pool = new undici.Pool(origin, { connections: 60 })
      const dispatcher = pool.compose(accessTokenInterceptor(source))
      return closing(pool, async ({ url, ...rest }) => {
        const target = new URL(url)
        const path = target.pathname + target.search
        const options = { ...rest, body: ownForm(rest.body, undici), origin: target.origin, path }
        const { statusCode, body } = await dispatcher.request(options as never)
        return { status: statusCode, text: await body.text() }
      })
    },
  })
}

// What Node.js comes with speaks the language of undici 7; undici 8 translates for it.
for (const [version, undici] of versions) {
  describeClient(`the fetch of Node.js over ${version}`, core, {
    foreignRedirects: 'refused',
    showsRefusedUrls: true,
    makeClient: ({ source }) => {
      const agent = new undici.Agent()
      const composed = agent.compose(accessTokenInterceptor(source))
      const dispatcher = undici === undici8 ? new undici8.Dispatcher1Wrapper(composed) : composed
      return closing(agent, async ({ url, ...init }) => {
        const response = await fetch(url, { ...init, duplex: 'half', dispatcher } as RequestInit)
        return { status: response.status, text: await response.text() }
      })
    },
  })
}

test('behind the interceptor, a cache gives nobody the answer of somebody else', async () => {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'cache-control': 'max-age=60' }).end(request.headers.authorization)
  })
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  let token = 'fake-of-alice'
  const cache = undici8.interceptors.cache({ type: 'private' })
  const agent = new undici8.Agent()
  const dispatcher = agent.compose(
    cache,
    accessTokenInterceptor(async () => token, { baseUrl: url }),
  )
  const ask = async (): Promise<string> => (await undici8.request(url, { dispatcher })).body.text()
  const answers = [await ask(), await ask()]
  token = 'fake-of-bob'
  answers.push(await ask())
  await agent.destroy()
  server.close()
  expect(answers).toEqual(['Bearer fake-of-alice', 'Bearer fake-of-alice', 'Bearer fake-of-bob'])
})

// undici takes forms of its own kind alone.
function ownForm(body: unknown, undici: Undici): unknown {
  if (!(body instanceof FormData)) return body
  const form = new undici.FormData()
  for (const [name, value] of body) form.set(name, value)
  return form
}

function closing(dispatcher: undici8.Dispatcher, send: ClientUnderTest['send']): ClientUnderTest {
  return { send, close: () => dispatcher.destroy() }
}
