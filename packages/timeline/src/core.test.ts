import { clientCredentials, clientSecretPost, createTokenManager } from '@evergrant/core'
import type { Authorization } from '@evergrant/core'
import { VirtualClock } from '@evergrant/testing'
import { expect, test } from 'vitest'
import { describeTimeline } from './describe.ts'
import { createTimelineModel, reduceTimeline } from './model.ts'
import { lastSentence } from './sentence.ts'
import { stateAt } from './state.ts'

const example = (provider: string): Authorization => ({
  provider,
  server: { tokenEndpoint: 'https://auth.example.com/token' },
  client: { clientId: 'fake-client', authentication: clientSecretPost('canary-secret') },
  grant: clientCredentials(),
  resource: { origins: ['https://api.example.com'] },
})

const granted = (): Response =>
  Response.json({ access_token: 'canary-access', token_type: 'Bearer', expires_in: 300 })

test('events and explanations of a real manager make a timeline without its secrets', async () => {
  let model = createTimelineModel()
  await using tokens = createTokenManager(example('example'), {
    fetch: () => Promise.resolve(granted()),
    onEvent: event => void (model = reduceTimeline(model, event)),
  })
  expect(await tokens.getAccessToken()).toBe('canary-access')
  model = reduceTimeline(model, JSON.parse(JSON.stringify(tokens.explain())))
  const now = Date.now()
  expect(model.lives).toHaveLength(1)
  expect(stateAt(model, now)).toBe('fresh')
  expect(lastSentence(model)).toMatch(
    /^Obtained with the grant, while callers waited \d+ ms, because no access/,
  )
  expect(describeTimeline(model, now)).toMatch(/In [34] min.* the grant is repeated\./)
  expect(JSON.stringify(model) + describeTimeline(model, now)).not.toContain('canary')
})

test('an outage of a real manager is told as one, however often the API refuses the access token', async () => {
  const outage =
    /^Repeating the grant failed: https:\/\/auth\.example\.com\/token answered 503: .+\. Next attempt after \d+ (s|ms)\.$/
  const clock = new VirtualClock()
  let model = createTimelineModel({ maxEvents: 4 })
  let isOut = false
  const answer = (url: string): Response => {
    if (url.startsWith('https://api.')) return new Response(null, { status: 401 })
    return isOut ? new Response(null, { status: 503 }) : granted()
  }
  await using tokens = createTokenManager(example('outage'), {
    clock,
    fetch: input => Promise.resolve(answer(new Request(input).url)),
    onEvent: event => void (model = reduceTimeline(model, event)),
  })
  await tokens.getAccessToken()
  isOut = true
  await clock.advance(60_000)
  for (let call = 1; call <= 6; call++) {
    await tokens.fetch('https://api.example.com/')
    model = reduceTimeline(model, JSON.parse(JSON.stringify(tokens.explain())))
    // The first refusal starts the exchange that fails; the others follow it.
    expect(model.events.at(-1)).toMatchObject({ type: call === 1 ? 'exchange-failed' : 'token-rejected' })
    expect(stateAt(model, clock.wall())).toBe('failing')
    expect(lastSentence(model)).toMatch(outage)
    expect(lastSentence(model, clock.wall())).toMatch(outage)
  }
  expect(model.events.map(({ type }) => type)).not.toContain('exchange-failed')
})
